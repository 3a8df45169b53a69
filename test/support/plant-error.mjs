// Preloaded into a server that is to meet an error which nobody catches: SIGWINCH throws it, or rejects with it.
process.on('SIGWINCH', () => {
  const error = new Error('planted by a test');
  if (process.env.PLANTED_ERROR !== 'rejection') throw error;
  void Promise.reject(error);
});
