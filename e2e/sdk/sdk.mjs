// What the carriers' own SDKs say, for tests that hold ours against them. Each
// line of standard input is a question {"op": "twilio.validate", ...}; each
// line of standard output its answer, {"value": ...} or {"error": "..."}, in
// the same order. It ends with its input.
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { createRequire } from 'node:module';
import { parse as parseForm } from 'node:querystring';
import { createInterface } from 'node:readline';
import { Console } from 'node:console';

// The SDKs print what they don't like; standard output is for answers only.
globalThis.console = new Console(process.stderr, process.stderr);

const require = createRequire(import.meta.url);
const jsonwebtoken = require('jsonwebtoken');
const plivo = require('plivo');
const { webhooks: telnyxWebhooks } = require('telnyx');
const twilio = require('twilio');
const { verifySignature: verifyVonage } = require('@vonage/jwt');
const { Connect, NCCOBuilder } = require('@vonage/voice');
// Shared by all who require it, unlike the names that import binds.
const crypto = require('node:crypto');

// Parameters as an Express application has them in request.body: a name that
// is given several times has a list. Zero lifts the limit on their number.
const params = (form = '') => ({ ...parseForm(form, '&', '=', { maxKeys: 0 }) });

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

const operations = {
  versions: () => Object.fromEntries(
    ['plivo', 'telnyx', 'twilio', '@vonage/jwt', '@vonage/voice'].map((name) => {
      const { dependencies } = require('./package.json');
      return [name, dependencies[name]];
    }),
  ),

  // Where there is a body rather than a form, its hash stands in the URL.
  'twilio.validate': ({ token, signature, url, form, body }) => (body === undefined
    ? twilio.validateRequest(token, signature, url, params(form))
    : twilio.validateRequestWithBody(token, signature, url, body)),
  'twilio.sign': ({ token, url, form }) => twilio.getExpectedTwilioSignature(token, url, params(form)),
  'twilio.bodyHash': ({ body }) => twilio.getExpectedBodyHash(body),
  'twilio.answer': ({ stream }) => {
    const response = new twilio.twiml.VoiceResponse();
    const attributes = { url: stream.url };
    if (stream.statusURL) attributes.statusCallback = stream.statusURL;
    let element;
    if (stream.listen) {
      attributes.track = { caller: 'inbound_track', both: 'both_tracks' }[stream.listen];
      element = response.start().stream(attributes);
    } else {
      element = response.connect().stream(attributes);
    }
    for (const [name, value] of Object.entries(stream.params ?? {})) element.parameter({ name, value });
    const next = stream.next ?? stream.recoverURL; // a stream over, Twilio goes on with the next verb
    if (next) response.redirect({ method: 'POST' }, next);
    return response.toString();
  },
  'twilio.leave': () => {
    const response = new twilio.twiml.VoiceResponse();
    response.hangup();
    return response.toString();
  },

  'plivo.validate': ({ method, token, signature, nonce, url, form }) => (
    plivo.validateV3Signature(method, url, nonce, token, signature, params(form))),
  'plivo.sign': ({ method, token, nonce, url, form }) => plivoSignature(
    () => plivo.validateV3Signature(method, url, nonce, token, '', params(form))),
  'plivo.validateV2': ({ token, signature, nonce, url }) => plivo.validateSignature(url, nonce, signature, token),
  'plivo.answer': ({ stream }) => {
    const response = new plivo.Response();
    const attributes = { bidirectional: !stream.listen, contentType: stream.contentType };
    if (stream.listen) attributes.audioTrack = { caller: 'inbound', both: 'both' }[stream.listen];
    else attributes.keepCallAlive = true;
    const headers = Object.entries(stream.params ?? {}).map((pair) => pair.join('='));
    if (headers.length > 0) attributes.extraHeaders = headers.join(',');
    if (stream.statusURL) {
      attributes.statusCallbackUrl = stream.statusURL;
      attributes.statusCallbackMethod = 'POST';
    }
    response.addStream(stream.url, attributes);
    const next = stream.next ?? stream.recoverURL; // a stream over, Plivo goes on with the next element
    if (next) response.addRedirect(next, { method: 'POST' });
    return response.toXML();
  },
  'plivo.leave': () => {
    const response = new plivo.Response();
    response.addHangup({});
    return response.toXML();
  },

  // The SDK has no helper for the hash of the body, so it is checked by hand.
  'vonage.verify': ({ jwt, secret, url, body }) => {
    const signed = verifyVonage(jwt, secret);
    return { signed, payload: signed && jsonwebtoken.decode(jwt).payload_hash === vonageHash(url, body) };
  },
  'vonage.sign': ({ secret, algorithm = 'HS256', claims, url, body }) => jsonwebtoken.sign(
    { payload_hash: vonageHash(url, body), ...claims }, secret, { algorithm }),
  'vonage.answer': ({ stream }) => {
    // The SDK's type spells contentType, which Vonage doesn't read (pull request
    // 292 of vonage-python-sdk); the builder takes the NCCO reference's spelling.
    const endpoint = { type: 'websocket', uri: stream.url, 'content-type': stream.contentType };
    if (stream.params) endpoint.headers = stream.params;
    // Among what a connect may have, in the order of its constructor.
    const [eventType, eventUrl, eventMethod] = stream.recoverURL ? ['synchronous', stream.recoverURL, 'POST'] : [];
    const connect = new Connect(
      endpoint, undefined, undefined, eventType, undefined, undefined, undefined, eventUrl, eventMethod);
    return JSON.stringify(new NCCOBuilder().addAction(connect).build());
  },
  'vonage.leave': () => JSON.stringify(new NCCOBuilder().build()),

  // tolerance, in seconds, is left out for times that are long past.
  'telnyx.verify': ({ publicKey, signature, timestamp, body, tolerance }) => {
    try {
      return telnyxWebhooks.signature.verifySignature(
        body, Buffer.from(signature, 'base64'), timestamp, Buffer.from(publicKey, 'base64'), tolerance);
    } catch (refusal) {
      if (refusal.type !== 'TelnyxSignatureVerificationError') throw refusal;
      return false;
    }
  },
  // The SDK signs nothing; Node's own Ed25519 stands in for Telnyx.
  'telnyx.sign': ({ seed, timestamp, body }) => (
    sign(null, Buffer.from(`${timestamp}|${body}`), ed25519Private(seed)).toString('base64')),
  'ed25519.verify': ({ publicKey, signature, timestamp, body }) => verify(
    null, Buffer.from(`${timestamp}|${body}`), ed25519Public(publicKey), Buffer.from(signature, 'base64')),
};

// plivoSignature returns the signature that the SDK compares a given one with:
// it tells nobody, but it is the only keyed hash that it makes.
function plivoSignature(validate) {
  const { createHmac } = crypto;
  let signature;
  crypto.createHmac = (...key) => {
    const hmac = createHmac(...key);
    const digest = hmac.digest.bind(hmac);
    hmac.digest = (encoding) => {
      signature = digest(encoding);
      return signature;
    };
    return hmac;
  };
  try {
    validate();
  } finally {
    crypto.createHmac = createHmac;
  }
  return signature;
}

// vonageHash is that of the body, or, for a GET, of the query's parameters as
// a JSON object in their order.
function vonageHash(url, body) {
  if (body !== undefined) return sha256(body);
  return sha256(JSON.stringify(Object.fromEntries(new URL(url).searchParams)));
}

// The 32 bytes of an Ed25519 key follow a fixed prefix (RFC 8410).
function ed25519Private(seed) {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
  return createPrivateKey({ key: Buffer.concat([prefix, Buffer.from(seed, 'base64')]), format: 'der', type: 'pkcs8' });
}

function ed25519Public(key) {
  const prefix = Buffer.from('302a300506032b6570032100', 'hex');
  return createPublicKey({ key: Buffer.concat([prefix, Buffer.from(key, 'base64')]), format: 'der', type: 'spki' });
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  let answer;
  try {
    const { op, ...question } = JSON.parse(line);
    answer = { value: operations[op](question) };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
