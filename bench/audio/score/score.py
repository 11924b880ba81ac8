"""Scores pairs of WAV files: PESQ (ITU-T P.862) and ViSQOL's speech mode.

Without input it prints the names of the scores that are installed here, as a
JSON list. With lines of JSON on standard input, each
{"score": name, "ref": path, "deg": path}, it prints one number a line, null
where a pair can't be scored.
"""

import json
import logging
import sys
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)


def narrowband_pesq():
    from pesq import pesq
    from scipy.io import wavfile

    def measure(ref, deg):
        rate, a = wavfile.read(ref)
        _, b = wavfile.read(deg)
        return float(pesq(rate, a, b, "nb"))

    return measure


def speech_visqol():
    from visqol import VisqolApi

    api = VisqolApi()
    api.create(mode="speech", use_lattice_model=False)

    def measure(ref, deg):
        return float(api.measure(ref, deg).moslqo)

    return measure


def installed():
    found = {}
    for name, make in (("PESQ", narrowband_pesq), ("ViSQOL", speech_visqol)):
        try:
            found[name] = make()
        except ImportError:
            pass
    return found


def main():
    scores = installed()
    if "--list" in sys.argv:
        print(json.dumps(sorted(scores)))
        return
    for line in sys.stdin:
        job = json.loads(line)
        try:
            value = scores[job["score"]](job["ref"], job["deg"])
        except Exception as err:  # a pair that a score can't take is no reason to stop
            print(f"{job['score']} of {job['deg']}: {err}", file=sys.stderr)
            value = None
        print(json.dumps(value), flush=True)


main()
