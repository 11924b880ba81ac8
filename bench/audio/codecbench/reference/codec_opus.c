// Encodes 16-bit samples from standard input with libopus, in packets of
// 20 ms, and decodes them again.
//
//   codec_opus RATE BITRATE COMPLEXITY LOSS
//
// Standard output gets each packet behind its length in two bytes. Standard
// error tells "encode" and "decode", the CPU time of a packet in nanoseconds.
#include <opus/opus.h>
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
  if (argc != 5) return 2;
  int rate = atoi(argv[1]), loss = atoi(argv[4]), frame = rate / 50, err;
  OpusEncoder *e = opus_encoder_create(rate, 1, OPUS_APPLICATION_VOIP, &err);
  OpusDecoder *d = opus_decoder_create(rate, 1, &err);
  if (!e || !d) return 1;
  opus_encoder_ctl(e, OPUS_SET_BITRATE(atoi(argv[2])));
  opus_encoder_ctl(e, OPUS_SET_COMPLEXITY(atoi(argv[3])));
  opus_encoder_ctl(e, OPUS_SET_DTX(0));
  opus_encoder_ctl(e, OPUS_SET_INBAND_FEC(loss > 0));
  opus_encoder_ctl(e, OPUS_SET_PACKET_LOSS_PERC(loss));
  size_t room = 1 << 20, n = 0, got;
  int16_t *in = malloc(room * sizeof *in);
  while ((got = fread(in + n, sizeof *in, room - n, stdin)) > 0)
    if ((n += got) == room) in = realloc(in, (room *= 2) * sizeof *in);
  size_t frames = n / frame;
  enum { most = 1275 };
  uint8_t *code = malloc(frames * most + 1);
  int *length = malloc((frames + 1) * sizeof *length);
  int16_t *out = malloc(5760 * sizeof *out);
  double begin = cpu();
  for (size_t i = 0; i < frames; i++)
    if ((length[i] = opus_encode(e, in + i * frame, frame, code + i * most, most)) < 0) return 1;
  double encode = cpu() - begin;
  begin = cpu();
  for (size_t i = 0; i < frames; i++)
    if (opus_decode(d, code + i * most, length[i], out, 5760, 0) < 0) return 1;
  double decode = cpu() - begin;
  for (size_t i = 0; i < frames; i++) {
    uint8_t head[2] = {length[i] & 255, length[i] >> 8};
    fwrite(head, 1, 2, stdout);
    fwrite(code + i * most, 1, length[i], stdout);
  }
  fprintf(stderr, "encode %.1f\ndecode %.1f\n", encode / frames, decode / frames);
  return 0;
}
