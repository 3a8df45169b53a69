#!/usr/bin/env node
import './node-version.ts';

// Whatever is imported statically is linked before any of it runs, and what the server needs may not even load in an
// older Node: the check comes first only so.
await import('./command.ts');
