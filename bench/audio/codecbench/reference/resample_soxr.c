// Resamples 16-bit samples from standard input with libsoxr, in blocks of
// 20 ms as a live line brings them, without dither.
//
//   resample_soxr FROM TO RECIPE
//
// RECIPE is soxr's: 4 is high quality. Standard error tells "lag", the most by
// which what has come out is shorter than what went in, in microseconds, and
// "cost", the CPU time of a block in nanoseconds.
#include <soxr.h>
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
  if (argc != 4) return 2;
  int from = atoi(argv[1]), to = atoi(argv[2]);
  soxr_io_spec_t io = soxr_io_spec(SOXR_INT16_I, SOXR_INT16_I);
  io.flags |= SOXR_NO_DITHER;
  soxr_quality_spec_t quality = soxr_quality_spec(atoi(argv[3]), 0);
  soxr_t state = soxr_create(from, to, 1, NULL, &io, &quality, NULL);
  if (!state) return 1;
  size_t room = 1 << 20, n = 0, got;
  int16_t *in = malloc(room * sizeof *in);
  while ((got = fread(in + n, sizeof *in, room - n, stdin)) > 0)
    if ((n += got) == room) in = realloc(in, (room *= 2) * sizeof *in);
  size_t block = from / 50, most = (size_t)((double)n * to / from) + 65536, out = 0, blocks = 0;
  int16_t *res = malloc(most * sizeof *res);
  double lag = 0, begin = cpu();
  for (size_t at = 0; at + block <= n; at += block, blocks++) {
    size_t taken, made;
    if (soxr_process(state, in + at, block, &taken, res + out, most - out, &made) || taken != block) return 1;
    out += made;
    double behind = ((double)(at + block) / from - (double)out / to) * 1e6;
    if (at > (size_t)from && behind > lag) lag = behind;
  }
  double spent = cpu() - begin;
  size_t made;
  soxr_process(state, NULL, 0, NULL, res + out, most - out, &made); // what it still holds
  fwrite(res, sizeof *res, out + made, stdout);
  fprintf(stderr, "lag %.1f\ncost %.1f\n", lag, spent / blocks);
  return 0;
}
