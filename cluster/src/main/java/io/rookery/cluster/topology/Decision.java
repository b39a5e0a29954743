package io.rookery.cluster.topology;

/**
 * What the supervisor or an operator decided about the cluster, so that it can be read afterwards.
 *
 * @param number counts all decisions of the cluster
 * @param at Unix time in milliseconds
 * @param of node, replica, task unit
 */
public record Decision(long number, long at, String what, String of, String why) {
    public static Decision of(long at, String what, String of, String why) {
        return new Decision(0, at, what, of, why);
    }
}
