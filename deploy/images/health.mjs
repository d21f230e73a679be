/** Health check of a container: 0 when the app says that it can serve, else 1 with its reasons. */
const ANSWER_MS_MAX = 3_000;

try {
  const answer = await fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  process.stdout.write(`${await answer.text()}\n`);
  process.exitCode = answer.ok ? 0 : 1;
} catch (error) {
  process.stdout.write(`${error.cause?.code ?? error.message}\n`);
  process.exitCode = 1;
}
