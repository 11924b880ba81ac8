//go:build ignore

// Sends sound through Opus with discontinuous transmission and back.
//
//   opusdtx RATE BITS SIZES <in >out
//
// Reads and writes little-endian 16-bit samples, mono. SIZES is a file that
// gets a line for each frame of 20 ms with its bytes, zero for one that need
// not be sent (section 2.1.9 of RFC 6716: the encoder made two bytes or less),
// and a last line with the nanoseconds of CPU time that a frame took.
#include <opus/opus.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int rate = atoi(argv[1]), frame = rate / 50, failed, frames = 0;
  OpusEncoder *encoder = opus_encoder_create(rate, 1, OPUS_APPLICATION_VOIP, &failed);
  if (failed != OPUS_OK) return 1;
  OpusDecoder *decoder = opus_decoder_create(rate, 1, &failed);
  FILE *sizes = fopen(argv[3], "w");
  if (failed != OPUS_OK || !sizes) return 1;
  opus_encoder_ctl(encoder, OPUS_SET_BITRATE(atoi(argv[2])));
  opus_encoder_ctl(encoder, OPUS_SET_DTX(1));
  opus_encoder_ctl(encoder, OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
  opus_int16 in[960], out[960];
  unsigned char packet[1500];
  double spent = 0;
  while (fread(in, sizeof *in, frame, stdin) == (size_t)frame) {
    double began = now();
    int n = opus_encode(encoder, in, frame, packet, sizeof packet);
    if (n < 0) return 1;
    int sent = n > 2;
    if (opus_decode(decoder, sent ? packet : NULL, sent ? n : 0, out, frame, 0) != frame) return 1;
    spent += now() - began;
    frames++;
    fprintf(sizes, "%d\n", sent ? n : 0);
    fwrite(out, sizeof *out, frame, stdout);
  }
  fprintf(sizes, "%.0f\n", frames ? spent / frames : 0);
  return fclose(sizes) != 0;
}
