// Plays arrival traces to WebRTC's NetEq and reads what it made of them.
//
// On standard input comes one JSON document:
//   {"pcm": "speech.raw", "rate": 8000, "codecs": ["PCMU", "opus"],
//    "packet_ms": 20, "drop_ms": 3000, "sample_ms": 200,
//    "traces": [{"name": "clean", "arrived_ms": [0, 20, ...]}]}
// where pcm is a file of 16-bit little-endian mono samples that is played in a
// loop. Each trace runs with each codec, all at the same time, in real time, on
// a pair of peer connections of its own. A packet of sound is pushed into the
// sender at the time at which the trace has it arrive: the encoder makes a
// packet of it at once, the loopback takes no time, and the packets' RTP
// timestamps advance by 20 ms each, whenever they are pushed. Thus NetEq sees
// the trace.
//
// On standard output goes {"results": [...]}, one for each trace and codec,
// with the sums of inbound-rtp from drop_ms on, the same every sample_ms, and
// how far the pushes were from their times.
import { readFileSync } from "node:fs";
import wrtc from "@roamhq/wrtc";

const { RTCPeerConnection, nonstandard } = wrtc;
const chunkMs = 10; // what the sender takes at a time
const payloadTypes = { PCMU: "0", opus: "111" };

const sums = [
  "jitterBufferDelay",
  "jitterBufferTargetDelay",
  "jitterBufferEmittedCount",
  "totalSamplesReceived",
  "concealedSamples",
  "silentConcealedSamples",
  "concealmentEvents",
  "insertedSamplesForDeceleration",
  "removedSamplesForAcceleration",
  "packetsReceived",
  "packetsDiscarded",
];

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const now = () => performance.now();

// only leaves a session description one codec, and nothing by which the sender
// could find out the line's bandwidth: it would send packets of padding to
// probe it, and spread what comes in a burst.
function only(sdp, type) {
  const ofOther = (line) => /^a=(rtpmap|fmtp|rtcp-fb):/.test(line) && !line.split(":")[1].startsWith(type + " ");
  const ofBandwidth = (line) => /^a=(extmap:\d+ .*(abs-send-time|transport-wide-cc)|rtcp-fb:\d+ transport-cc)/.test(line);
  return sdp
    .replace(/^(m=audio \d+ \S+) .*$/m, `$1 ${type}`)
    .split("\r\n")
    .filter((line) => !ofOther(line) && !ofBandwidth(line))
    .join("\r\n");
}

// connect joins a source of sound to a receiver.
async function connect(codec) {
  const sender = new RTCPeerConnection();
  const receiver = new RTCPeerConnection();
  sender.onicecandidate = ({ candidate }) => candidate && receiver.addIceCandidate(candidate);
  receiver.onicecandidate = ({ candidate }) => candidate && sender.addIceCandidate(candidate);
  const source = new nonstandard.RTCAudioSource();
  const track = source.createTrack();
  sender.addTrack(track);
  const { sdp } = await sender.createOffer();
  const offer = { type: "offer", sdp: only(sdp, payloadTypes[codec]) };
  await sender.setLocalDescription(offer);
  await receiver.setRemoteDescription(offer);
  const answer = await receiver.createAnswer();
  await receiver.setLocalDescription(answer);
  await sender.setRemoteDescription(answer);
  const deadline = now() + 10_000;
  while (sender.connectionState !== "connected" || receiver.connectionState !== "connected") {
    if (now() > deadline) throw new Error(`${codec}: no connection in 10 s`);
    await sleep(10);
  }
  const close = () => {
    track.stop();
    sender.close();
    receiver.close();
  };
  return { source, receiver, close };
}

// inbound returns what NetEq has done so far.
async function inbound(receiver) {
  for (const stat of (await receiver.getStats()).values()) {
    if (stat.type === "inbound-rtp") return Object.fromEntries(sums.map((name) => [name, stat[name] ?? 0]));
  }
  return Object.fromEntries(sums.map((name) => [name, 0]));
}

const less = (a, b) => Object.fromEntries(sums.map((name) => [name, a[name] - b[name]]));

// Run is one trace with one codec.
class Run {
  constructor(trace, codec, job, pcm) {
    Object.assign(this, { trace, codec, job, pcm, samples: [], errors: [], at: 0 });
    this.chunk = (job.rate * chunkMs) / 1000;
  }

  async open() {
    Object.assign(this, await connect(this.codec));
  }

  // push hands the sender the next packet of sound.
  push(error) {
    this.errors.push(error);
    for (let ms = 0; ms < this.job.packet_ms; ms += chunkMs) {
      if (this.at + this.chunk > this.pcm.length) this.at = 0;
      const samples = this.pcm.slice(this.at, this.at + this.chunk);
      this.at += this.chunk;
      this.source.onData({
        samples,
        sampleRate: this.job.rate,
        bitsPerSample: 16,
        channelCount: 1,
        numberOfFrames: this.chunk,
      });
    }
  }

  async sample() {
    this.samples.push({ at_ms: now() - this.start, ...(await inbound(this.receiver)) });
  }

  result() {
    const from = this.samples.find((s) => s.at_ms >= this.job.drop_ms);
    const errors = [...this.errors].sort((a, b) => a - b);
    const quantile = (q) => errors[Math.min(errors.length - 1, Math.floor(q * errors.length))];
    return {
      trace: this.trace.name,
      codec: this.codec,
      pushed: errors.length,
      push_error_ms: { p50: quantile(0.5), p99: quantile(0.99), p999: quantile(0.999), max: errors.at(-1) },
      total: less(this.samples.at(-1), from),
      samples: this.samples,
    };
  }
}

// until waits for a time, to within a millisecond: a tighter loop would leave
// the machine no time for NetEq.
async function until(time) {
  for (let left = time - now(); left > 0; left = time - now()) await sleep(Math.max(1, Math.floor(left)));
}

// pushAll pushes the packets of all runs at their times.
async function pushAll(runs) {
  const due = runs.flatMap((run) => run.trace.arrived_ms.map((ms) => ({ run, time: run.start + ms })));
  due.sort((a, b) => a.time - b.time);
  for (const { run, time } of due) {
    await until(time);
    run.push(now() - time);
  }
}

// sampleAll reads each run's statistics every sample_ms until its last packet,
// one run after the other, since reading takes long.
async function sampleAll(runs, job) {
  const due = runs.flatMap((run, i) => {
    const times = [];
    const end = run.trace.arrived_ms.at(-1);
    for (let ms = job.sample_ms; ms <= end; ms += job.sample_ms) {
      times.push({ run, time: run.start + ms + (i * job.sample_ms) / runs.length });
    }
    return times;
  });
  due.sort((a, b) => a.time - b.time);
  for (const { run, time } of due) {
    await until(time);
    await run.sample();
  }
}

const job = JSON.parse(readFileSync(0, "utf8"));
const bytes = readFileSync(job.pcm);
const pcm = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
const runs = job.traces.flatMap((trace) => job.codecs.map((codec) => new Run(trace, codec, job, pcm)));
await Promise.all(runs.map((run) => run.open()));
await sleep(500); // for what connecting costs to be over
// The runs begin spread over one packet's time, so that their encoders don't
// work all at once.
const start = now() + 100;
for (const [i, run] of runs.entries()) run.start = start + (i * job.packet_ms) / runs.length;
await Promise.all([pushAll(runs), sampleAll(runs, job)]);
process.stdout.write(JSON.stringify({ results: runs.map((run) => run.result()) }), () => {
  for (const run of runs) run.close();
  process.exit(0);
});
