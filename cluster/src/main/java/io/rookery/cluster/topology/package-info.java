/**
 * What the cluster is and what it should become: nodes, databases, shards, slots, marks, and the rules that decide the
 * next step. All of it is pure: decisions come from a {@link io.rookery.cluster.topology.SystemState} and a
 * {@link io.rookery.cluster.topology.Sight}, and nothing here speaks to a node.
 */
package io.rookery.cluster.topology;
