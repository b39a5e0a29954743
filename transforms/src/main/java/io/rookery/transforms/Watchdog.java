package io.rookery.transforms;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * One daemon thread that stops evaluations which never end, for all engines of the process. It counts CPU time and not
 * the clock's: a machine under load must not reject a script that did nothing wrong.
 */
final class Watchdog {
    static final long CPU_MILLIS = 1_000;
    private static final long TICK_MILLIS = 50;

    /** An evaluation as it was first seen, and the CPU time of its thread then. */
    private record Seen(long evaluation, long cpuNanos) {
        static final Seen NOTHING = new Seen(0, 0);
    }

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final Map<JavaScriptEngine, Seen> ENGINES = new ConcurrentHashMap<>();
    private static final ScheduledExecutorService TICKS = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "script-watchdog");
        thread.setDaemon(true);
        return thread;
    });

    static {
        TICKS.scheduleWithFixedDelay(
                () -> ENGINES.replaceAll(Watchdog::look), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private Watchdog() {}

    static void watch(JavaScriptEngine engine) {
        ENGINES.put(engine, Seen.NOTHING);
    }

    static void forget(JavaScriptEngine engine) {
        ENGINES.remove(engine);
    }

    private static Seen look(JavaScriptEngine engine, Seen before) {
        long evaluation = engine.evaluation();
        if (evaluation <= 0) {
            return Seen.NOTHING;
        }
        long cpu = THREADS.getThreadCpuTime(engine.threadId());
        if (evaluation != before.evaluation()) {
            return new Seen(evaluation, cpu);
        }
        if (cpu - before.cpuNanos() > TimeUnit.MILLISECONDS.toNanos(CPU_MILLIS)) {
            Thread killer = new Thread(() -> engine.kill(evaluation), "script-killer"); // closing may wait
            killer.setDaemon(true);
            killer.start();
            return Seen.NOTHING;
        }
        return before;
    }
}
