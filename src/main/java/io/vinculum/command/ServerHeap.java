package io.vinculum.command;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.VMOption;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a server's memory near what it uses. The JVM's own defaults let the heap grow to a quarter of the machine after a
 * burst and keep it; a jar cannot name JVM flags, but some of them can be set while it runs. Flags that are given on the
 * command line stay as they are, and a JVM without these flags is left alone.
 */
final class ServerHeap {
    private static final Logger LOG = LoggerFactory.getLogger(ServerHeap.class);

    /** Little is kept free, and what is free goes back to the system, every five seconds when nothing else collects. */
    private static final Map<String, String> FLAGS =
            Map.of("MinHeapFreeRatio", "15", "MaxHeapFreeRatio", "40", "G1PeriodicGCInterval", "5000");

    private ServerHeap() {}

    /** Sets the flags of this JVM. */
    static void trim() {
        HotSpotDiagnosticMXBean jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        if (jvm == null) {
            return;
        }
        // The smaller ratio first: it may never be above the larger one.
        FLAGS.entrySet().stream()
                .sorted(Map.Entry.<String, String>comparingByKey().reversed())
                .forEach(flag -> set(jvm, flag.getKey(), flag.getValue()));
    }

    private static void set(HotSpotDiagnosticMXBean jvm, String flag, String value) {
        try {
            if (jvm.getVMOption(flag).getOrigin() == VMOption.Origin.DEFAULT) {
                jvm.setVMOption(flag, value);
            }
        } catch (IllegalArgumentException e) {
            LOG.debug("this JVM has no flag {}", flag, e);
        }
    }
}
