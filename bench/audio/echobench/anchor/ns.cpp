// Runs libwebrtc-audio-processing's noise suppression over raw 16-bit samples:
//
//   ns RATE LEVEL <in >out
//
// RATE is 8000 or 16000, LEVEL from 0 (low) to 3 (very high). It writes the
// nanoseconds of processor time that a step of 10 ms took to standard error.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <vector>

#include <webrtc/modules/audio_processing/include/audio_processing.h>
#include <webrtc/modules/interface/module_common_types.h>

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const int rate = std::atoi(argv[1]);
  const int level = std::atoi(argv[2]);
  std::unique_ptr<webrtc::AudioProcessing> apm(webrtc::AudioProcessing::Create());
  apm->noise_suppression()->set_level(static_cast<webrtc::NoiseSuppression::Level>(level));
  apm->noise_suppression()->Enable(true);

  const size_t step = rate / 100;
  std::vector<int16_t> pcm;
  int16_t block[4096];
  size_t got;
  while ((got = std::fread(block, 2, 4096, stdin)) > 0) pcm.insert(pcm.end(), block, block + got);
  pcm.resize((pcm.size() + step - 1) / step * step);

  webrtc::AudioFrame frame;
  const std::clock_t began = std::clock();
  for (size_t at = 0; at < pcm.size(); at += step) {
    frame.UpdateFrame(0, 0, &pcm[at], step, rate, webrtc::AudioFrame::kNormalSpeech,
                      webrtc::AudioFrame::kVadUnknown, 1);
    if (apm->ProcessStream(&frame) != 0) return 1;
    for (size_t i = 0; i < step; i++) pcm[at + i] = frame.data_[i];
  }
  const double spent = double(std::clock() - began) / CLOCKS_PER_SEC;
  std::fprintf(stderr, "%.0f\n", spent * 1e9 * step / (pcm.empty() ? 1 : pcm.size()));
  return std::fwrite(pcm.data(), 2, pcm.size(), stdout) == pcm.size() ? 0 : 1;
}
