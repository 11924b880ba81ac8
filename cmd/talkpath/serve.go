package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func serveCommand() *cobra.Command {
	var config, listen string
	var fakes bool
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Answer calls: the server",
		Long: `Serve answers carriers' webhooks and media sockets. Without a configuration
it is the demo agent on 127.0.0.1:8080. The first SIGINT or SIGTERM takes no
more calls and lets those that are live finish; the second ends them.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(config, func(c *Config) {
				if listen != "" {
					c.Server.Listen = listen
				}
				if fakes {
					c.useFakes()
				}
			})
			if err != nil {
				return err
			}
			return serve(cmd.Context(), cfg)
		},
	}
	cmd.Flags().StringVar(&config, "config", "", "configuration `file` (YAML); see talkpath.example.yaml")
	cmd.Flags().StringVar(&listen, "listen", "", "`address` to listen on, over the configuration's")
	cmd.Flags().BoolVar(&fakes, "fake-engines", false, "engines that only pretend, for load tests")
	return cmd
}

// serve runs a server until a signal ends it.
func serve(ctx context.Context, cfg Config) error {
	log := cfg.Log.logger(os.Stderr)
	first, stopFirst := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stopFirst()
	s, err := newServer(first, cfg, log)
	if err != nil {
		return err
	}
	defer s.close()
	l, err := listen(first, cfg.Server)
	if err != nil {
		return err
	}
	force, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	go func() {
		<-first.Done()
		second, stopSecond := signal.NotifyContext(force, os.Interrupt, syscall.SIGTERM)
		defer stopSecond()
		<-second.Done()
		stop()
	}()
	fmt.Println("http://" + l.main.Addr().String())
	log.Info().Str("address", l.main.Addr().String()).Strs("agents", s.agents.names).Msg("talkpath is listening")
	if l.admin != nil {
		log.Info().Str("address", l.admin.Addr().String()).Msg("records and metrics are here")
	}
	err = s.run(first, force, l)
	log.Info().Msg("stopped")
	return err
}
