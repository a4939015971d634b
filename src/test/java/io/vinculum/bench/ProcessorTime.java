package io.vinculum.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The processor time that a process has used, as Linux counts it in hundredths of a second; see proc(5). */
final class ProcessorTime {
    private static final double TICKS_PER_SECOND = 100;
    private static final int USER = 11;
    private static final int SYSTEM = 12;

    private ProcessorTime() {}

    /** Seconds of all threads of a process. */
    static double of(long pid) {
        String[] fields = stat(pid);
        return (Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM])) / TICKS_PER_SECOND;
    }

    /** Seconds of a process, its children, and the children it has waited for: a PostgreSQL by its postmaster. */
    static double ofFamily(long pid) {
        String[] fields = stat(pid);
        double waitedFor = (Long.parseLong(fields[USER + 2]) + Long.parseLong(fields[SYSTEM + 2])) / TICKS_PER_SECOND;
        return of(pid)
                + waitedFor
                + ProcessHandle.of(pid).stream()
                        .flatMap(ProcessHandle::children)
                        .mapToDouble(child -> of(child.pid()))
                        .sum();
    }

    /** What follows the name in parentheses, which may hold spaces. */
    private static String[] stat(long pid) {
        String line = read(Path.of("/proc", Long.toString(pid), "stat"));
        return line.isEmpty()
                ? "0 ".repeat(USER + 5).split(" ", -1)
                : line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
    }

    /** Megabytes of memory that a process holds. */
    static long residentMegabytes(long pid) {
        return read(Path.of("/proc", Long.toString(pid), "status"))
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(0);
    }

    /** How many processes wanted to run, on average over the last minute. */
    static String load() {
        return read(Path.of("/proc/loadavg")).split(" ", 2)[0];
    }

    /** Empty when the process has just ended. */
    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException gone) {
            return "";
        }
    }
}
