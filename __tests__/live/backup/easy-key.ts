import { createCipheriv, createHash, randomBytes, scryptSync } from "node:crypto";

/** So little work that opening a repository takes no time; restic makes it half a second on purpose. */
const EASY = { N: 2, r: 1, p: 1 };

export interface KeyFile {
  readonly name: string;
  readonly content: string;
}

/**
 * A key file of a restic repository, as its documentation of the format has it (References, Design, "Keys, Encryption
 * and MAC"). A test that opens a repository a thousand times can't wait for restic's own.
 *
 * @param masterKey as `restic cat masterkey` prints it
 */
export function easyKey(masterKey: string, password: string): KeyFile {
  const salt = randomBytes(64);
  const { N, r, p } = EASY;
  const keys = scryptSync(password, salt, 64, { N, r, p });
  const nonce = randomBytes(16);
  const encrypt = createCipheriv("aes-256-ctr", keys.subarray(0, 32), nonce);
  const encrypted = Buffer.concat([encrypt.update(masterKey), encrypt.final()]);
  const data = Buffer.concat([nonce, encrypted, poly1305Aes(encrypted, keys.subarray(32), nonce)]);
  const about = { created: new Date().toISOString(), username: "test", hostname: "test", kdf: "scrypt" };
  const content = JSON.stringify({ ...about, ...EASY, salt: salt.toString("base64"), data: data.toString("base64") });
  return { name: createHash("sha256").update(content).digest("hex"), content };
}

/** The keys are 16 bytes for AES and 16 for Poly1305. */
function poly1305Aes(message: Buffer, keys: Buffer, nonce: Buffer): Buffer {
  const aes = createCipheriv("aes-128-ecb", keys.subarray(0, 16), null).setAutoPadding(false);
  const multiplier = littleEndian(keys.subarray(16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn;
  let sum = 0n;
  for (let at = 0; at < message.length; at += 16) {
    const block = Buffer.concat([message.subarray(at, at + 16), Buffer.of(1)]);
    sum = ((sum + littleEndian(block)) * multiplier) % (2n ** 130n - 5n);
  }
  const tag = (sum + littleEndian(aes.update(nonce))) % 2n ** 128n;
  return Buffer.from(tag.toString(16).padStart(32, "0"), "hex").reverse();
}

function littleEndian(bytes: Buffer): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
}
