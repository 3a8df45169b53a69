/** A query over HTTP, and nothing else: the tests' own caller looks for secrets in every answer, longer the more there are. */
export const ask = async <Data>(
  url: string,
  token: string | undefined,
  query: string,
  variables: object,
): Promise<Data> => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data?: Data; errors?: { message: string }[] };
  if (!data || errors) throw new Error(errors?.[0]?.message ?? `No answer, but status ${response.status}.`);
  return data;
};
