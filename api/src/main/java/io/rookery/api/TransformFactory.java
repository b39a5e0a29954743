package io.rookery.api;

/** Makes a transform from its step in the YAML; found by ServiceLoader. */
public interface TransformFactory {
    /** The step's key, such as {@code filter}. */
    String kind();

    /**
     * @param step the value under the key
     * @param expressions shared by the task's steps
     * @throws RookeryException BAD_TASK or BAD_SCRIPT with line and column
     */
    Transform create(Setting step, ExpressionEngine expressions);
}
