/**
 * Measures the server against the best that could be written by hand for the same rows on the same machine.
 * Start at {@link Benchmark}, which drives a {@link BenchServer} in a process of its own; {@link Limit} holds the
 * hand-written statements, {@link Load} asks over HTTP, {@link ProcessorTime} tells what it cost.
 */
package io.vinculum.bench;
