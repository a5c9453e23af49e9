/** Loaded with `node --require`: whoever asks for cdktf gets cdktn, its community continuation. */
const Module = require("node:module");

const resolve = Module._resolveFilename;

Module._resolveFilename = function (request, ...rest) {
  return resolve.call(this, request.replace(/^cdktf(?=$|\/)/, "cdktn"), ...rest);
};
