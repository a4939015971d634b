package io.vinculum.bench;

final class StartBenchmark {
    StartBenchmark(WriteBenchmark.Report r) {}

    void run() {}
}
