// Looks for keys in 16-bit samples of 8 kHz from standard input with
// libspandsp's DTMF receiver, as it comes, in blocks of BLOCK samples. Each
// LENGTH samples are a line of their own, with a new receiver.
//
//   dtmf_spandsp LENGTH BLOCK
//
// Standard output gets for each line the samples up to the block in which the
// first key was told, -1 where there was none, and all keys. Standard error
// tells "cost", the CPU time of 160 samples in nanoseconds.
#include <spandsp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double cpu(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  size_t length = atol(argv[1]), block = atol(argv[2]), n;
  int16_t *pcm = malloc(length * sizeof *pcm);
  double spent = 0, frames = 0;
  while ((n = fread(pcm, sizeof *pcm, length, stdin)) > 0) {
    char keys[129] = "";
    size_t found = 0, count = 0;
    dtmf_rx_state_t *rx = dtmf_rx_init(NULL, NULL, NULL);
    double begin = cpu();
    for (size_t at = 0; at < n; at += block) {
      size_t size = n - at < block ? n - at : block;
      dtmf_rx(rx, pcm + at, size);
      size_t got = dtmf_rx_get(rx, keys + count, 128 - count);
      if (got && !found) found = at + size;
      if ((count += got) >= 128) count = 127; // more than anybody asks for
    }
    spent += cpu() - begin;
    frames += n / 160.0;
    keys[count] = 0;
    printf("%ld %s\n", found ? (long)found : -1L, keys);
    dtmf_rx_free(rx);
  }
  fprintf(stderr, "cost %.1f\n", frames ? spent / frames : 0);
  return 0;
}
