/** Asks Slack for nothing but an answer: whether it can be reached, and what time it has. */
export const readSlackTime = async (apiUrl: string, timeoutMs: number): Promise<Date> => {
  const response = await fetch(new URL('api.test', apiUrl), {
    method: 'POST',
    signal: AbortSignal.timeout(timeoutMs),
  });
  await response.body?.cancel();
  const date = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(date)) throw new Error(`${apiUrl} answered ${response.status} without saying what time it is.`);
  return new Date(date);
};
