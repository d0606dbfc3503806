/*
 * ONNX Runtime's builds for Linux and macOS would send what they measure to their maker, and keep a database in the home folder and a log
 * in the folder for temporary files. The product sends nothing; this is read when the first graph is compiled.
 */
process.env.ORT_DISABLE_TELEMETRY = '1';

export {};
