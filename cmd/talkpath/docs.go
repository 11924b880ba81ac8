package main

import (
	"github.com/spf13/cobra"
)

// docsCommand prints pages that are made from what the program knows, so that
// they can't tell another story. `make docs` writes them.
func docsCommand() *cobra.Command {
	docs := &cobra.Command{Use: "docs", Short: "Print generated pages of the manual", Hidden: true, Args: noArgs}
	docs.AddCommand(&cobra.Command{
		Use: "carriers", Short: "Print docs/carriers.md", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return writeCarriers(cmd.OutOrStdout(), carriers(CarriersConfig{}))
		},
	}, &cobra.Command{
		Use: "metrics", Short: "Print docs/metrics.md", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return writeMetrics(cmd.OutOrStdout()) },
	})
	return docs
}
