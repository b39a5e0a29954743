package io.rookery.etl.mirror;

import io.rookery.api.Fence;
import java.util.List;
import java.util.Set;

/**
 * What a mirror is made for.
 *
 * @param tasks the connection's tasks, in a fixed order
 * @param fence the unit and the epoch that every transaction is conditional on
 * @param paused names of tasks whose documents stay as they are for now
 */
record MirrorSetup(
        String connection,
        List<MirrorTask> tasks,
        Fence fence,
        MirrorProgress progress,
        Set<String> paused,
        MirrorLimits limits) {}
