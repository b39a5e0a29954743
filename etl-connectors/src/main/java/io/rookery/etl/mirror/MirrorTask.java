package io.rookery.etl.mirror;

import io.rookery.api.Transform;
import java.util.List;

/** A task of a mirror: what its documents are, the steps that they go through, and what becomes of those that fail. */
record MirrorTask(MirrorDefinition definition, List<Transform> steps, Rejections rejections) {}
