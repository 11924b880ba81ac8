// Encodes 16-bit samples from standard input with libspandsp, in frames of
// 20 ms, and decodes them again.
//
//   codec_spandsp ulaw|alaw|g722
//
// Standard output gets the bytes, and then the samples that they decode to.
// Standard error tells "encode" and "decode", the CPU time of a frame in
// nanoseconds.
#include <spandsp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double cpu(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  int wide = !strcmp(argv[1], "g722");
  int frame = wide ? 320 : 160, bytes = 160;
  size_t room = 1 << 20, n = 0, got;
  int16_t *in = malloc(room * sizeof *in);
  while ((got = fread(in + n, sizeof *in, room - n, stdin)) > 0)
    if ((n += got) == room) in = realloc(in, (room *= 2) * sizeof *in);
  size_t frames = n / frame;
  uint8_t *code = malloc(frames * bytes + 1);
  int16_t *out = malloc((frames * frame + 1) * sizeof *out);
  double begin, encode, decode;
  if (wide) {
    g722_encode_state_t *e = g722_encode_init(NULL, 64000, 0);
    g722_decode_state_t *d = g722_decode_init(NULL, 64000, 0);
    begin = cpu();
    for (size_t i = 0; i < frames; i++) g722_encode(e, code + i * bytes, in + i * frame, frame);
    encode = cpu() - begin;
    begin = cpu();
    for (size_t i = 0; i < frames; i++) g722_decode(d, out + i * frame, code + i * bytes, bytes);
    decode = cpu() - begin;
  } else {
    g711_state_t *s = g711_init(NULL, strcmp(argv[1], "ulaw") ? G711_ALAW : G711_ULAW);
    begin = cpu();
    for (size_t i = 0; i < frames; i++) g711_encode(s, code + i * bytes, in + i * frame, frame);
    encode = cpu() - begin;
    begin = cpu();
    for (size_t i = 0; i < frames; i++) g711_decode(s, out + i * frame, code + i * bytes, bytes);
    decode = cpu() - begin;
  }
  fwrite(code, 1, frames * bytes, stdout);
  fwrite(out, sizeof *out, frames * frame, stdout);
  fprintf(stderr, "encode %.1f\ndecode %.1f\n", encode / frames, decode / frames);
  return 0;
}
