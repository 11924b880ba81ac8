/* Conceals lost packets with the PLC of libopus, a reference of experiment 4.
 *
 * conceal_opus SAMPLES MASK BITRATE   SAMPLES per packet at 8000 samples per second;
 *                             MASK is a file of one byte for each packet, '1'
 *                             where it is lost. Little-endian int16 comes on
 *                             stdin, and goes to stdout as decoded, late by the
 *                             encoder's lookahead. The lookahead in samples and
 *                             the nanoseconds of CPU per lost packet go to stderr.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <opus/opus.h>

enum { rate = 8000, largest = 1500 };

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
    int frame, err, lookahead = 0, lost = 0, more = 1;
    OpusEncoder *enc = opus_encoder_create(rate, 1, OPUS_APPLICATION_VOIP, &err);
    OpusDecoder *dec = opus_decoder_create(rate, 1, &err);
    double spent = 0;
    FILE *mask;

    if (argc != 4 || (frame = atoi(argv[1])) <= 0 || !(mask = fopen(argv[2], "rb")) || !enc || !dec) {
        fprintf(stderr, "usage: conceal_opus samples mask bitrate\n");
        return 2;
    }
    opus_encoder_ctl(enc, OPUS_SET_BITRATE(atoi(argv[3])));
    opus_encoder_ctl(enc, OPUS_GET_LOOKAHEAD(&lookahead));

    int16_t *pcm = calloc(frame, sizeof(*pcm));
    unsigned char packet[largest];
    while (more) {
        size_t got = fread(pcm, sizeof(*pcm), frame, stdin);
        if (got < (size_t)frame) /* a last packet, of silence, for the lookahead */
            more = 0;
        for (size_t i = got; i < (size_t)frame; i++)
            pcm[i] = 0;
        int n = opus_encode(enc, pcm, frame, packet, sizeof(packet));
        if (n < 0)
            return 1;
        if (fgetc(mask) == '1') {
            double begun = seconds();
            n = opus_decode(dec, NULL, 0, pcm, frame, 0);
            spent += seconds() - begun;
            lost++;
        } else {
            n = opus_decode(dec, packet, n, pcm, frame, 0);
        }
        if (n != frame || fwrite(pcm, sizeof(*pcm), frame, stdout) != (size_t)frame)
            return 1;
    }
    fprintf(stderr, "%d %.0f\n", lookahead, lost ? spent / lost * 1e9 : 0.0);
    return 0;
}
