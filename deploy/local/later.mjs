#!/usr/bin/env node
/** Stands for a command that is announced and not there yet: it says so and fails, so that no script takes it for done. */
process.stderr.write(`npm run ${process.argv[2] ?? '?'}: this command is not there yet\n`);
process.exitCode = 2;
