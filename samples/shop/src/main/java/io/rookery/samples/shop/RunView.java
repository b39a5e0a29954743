package io.rookery.samples.shop;

import java.util.List;

/** What is told while the shop runs. Called by one thread. */
interface RunView {
    /** Something happened. */
    void event(String text);

    /** The tasks as they are this second. */
    void tasks(long second, long steps, List<TaskView> tasks);

    /** A node was killed, and what became of its tasks. */
    void killed(String role, String node, List<Takeover> takeovers);

    void result(RunResult result);
}
