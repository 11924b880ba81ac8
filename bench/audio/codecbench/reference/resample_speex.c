// Resamples 16-bit samples from standard input with libspeexdsp, in blocks of
// 20 ms as a live line brings them.
//
//   resample_speex FROM TO QUALITY
//
// Standard error tells "lag", the most by which what has come out is shorter
// than what went in, in microseconds, and "cost", the CPU time of a block in
// nanoseconds.
#include <speex/speex_resampler.h>
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
  int from = atoi(argv[1]), to = atoi(argv[2]), err = 0;
  SpeexResamplerState *state = speex_resampler_init(1, from, to, atoi(argv[3]), &err);
  if (!state) return 1;
  size_t room = 1 << 20, n = 0, got;
  int16_t *in = malloc(room * sizeof *in);
  while ((got = fread(in + n, sizeof *in, room - n, stdin)) > 0)
    if ((n += got) == room) in = realloc(in, (room *= 2) * sizeof *in);
  size_t block = from / 50, most = (size_t)((double)n * to / from) + 4096, out = 0, blocks = 0;
  int16_t *res = malloc(most * sizeof *res);
  double lag = 0, begin = cpu();
  for (size_t at = 0; at + block <= n; at += block, blocks++) {
    spx_uint32_t taken = block, made = most - out;
    speex_resampler_process_int(state, 0, in + at, &taken, res + out, &made);
    out += made;
    double behind = ((double)(at + block) / from - (double)out / to) * 1e6;
    if (at > (size_t)from && behind > lag) lag = behind;
  }
  double spent = cpu() - begin;
  fwrite(res, sizeof *res, out, stdout);
  fprintf(stderr, "lag %.1f\ncost %.1f\n", lag, spent / blocks);
  return 0;
}
