package io.rookery.cluster;

import io.rookery.api.ChangeVector;
import io.rookery.api.ErrorCode;
import io.rookery.api.RookeryException;
import io.rookery.cluster.topology.MembershipStep;
import io.rookery.cluster.topology.Sight;
import io.rookery.cluster.topology.SystemState;
import io.rookery.cluster.topology.Topology;
import io.rookery.cluster.wire.WireWriter;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** What operators ask about the nodes of the cluster and its supervisor; see {@link SystemLead}. */
final class NodeAdministration {
    private static final String ADD = "@node-add";
    private static final String REMOVE = "@node-remove";
    private static final String MARK = "@node-mark";
    private static final String SUSPEND = "@supervisor-suspend";

    private final NodeContext node;
    private final SystemLead lead;
    private final NodeWatch watch;

    NodeAdministration(NodeContext node, SystemLead lead, NodeWatch watch) {
        this.node = node;
        this.lead = lead;
        this.watch = watch;
        lead.handle(ADD, in -> add(new Topology.Node(in.text(), in.text(), in.text())));
        lead.handle(REMOVE, in -> remove(in.text()));
        lead.handle(MARK, in -> mark(in.text(), in.text(), in.flag()));
        lead.handle(SUSPEND, in -> suspend(in.flag()));
    }

    CompletableFuture<Void> addNode(Topology.Node added) {
        return lead.ask(
                ADD, new WireWriter(128).text(added.tag()).text(added.http()).text(added.raft()));
    }

    CompletableFuture<Void> removeNode(String tag) {
        return lead.ask(REMOVE, new WireWriter(64).text(tag));
    }

    /** @param mark {@link SystemState#DRAINING} or {@link SystemState#WATCHER} */
    CompletableFuture<Void> markNode(String tag, String mark, boolean set) {
        return lead.askPatiently(MARK, new WireWriter(64).text(tag).text(mark).flag(set));
    }

    CompletableFuture<Void> suspendSupervisor(boolean suspended) {
        return lead.ask(SUSPEND, new WireWriter(8).flag(suspended));
    }

    private CompletableFuture<Void> add(Topology.Node added) {
        SystemState.Member known = lead.state().nodes().get(added.tag());
        if (known != null && !known.node().raft().equals(added.raft())) {
            throw new RookeryException(
                    ErrorCode.ALREADY_EXISTS,
                    "Node " + added.tag() + " exists at " + known.node().raft());
        }
        UUID cluster = lead.system().definition().group();
        return watch.askAt(added.raft()).thenCompose(info -> {
            if (!info.tag().equals(added.tag())
                    || (info.system() != null && !info.system().equals(cluster))) {
                throw new RookeryException(
                        ErrorCode.CONFLICT,
                        "Expected node " + added.tag() + ", in no cluster or this one, at " + added.raft()
                                + " but found " + info.tag() + " in " + info.system());
            }
            if (info.level() < node.level().known()) {
                throw new RookeryException(
                        ErrorCode.CONFLICT,
                        "Expected a node that can do feature level "
                                + node.level().known() + " but " + added.tag() + " can only do " + info.level()
                                + ": start it with a newer release");
            }
            Set<String> marks = new TreeSet<>(known == null ? Set.of() : known.marks());
            marks.remove(SystemState.LEAVING);
            ChangeVector expected = known == null ? ChangeVector.NONE : known.version();
            return lead.decide(SystemState.put(added, marks, expected), "node added", added.tag())
                    .thenCompose(done -> lead.until("node " + added.tag(), () -> watch.votes(cluster, added.tag())));
        });
    }

    private CompletableFuture<Void> remove(String tag) {
        SystemState state = lead.state();
        SystemState.Member known = state.nodes().get(tag);
        if (known == null) {
            throw new RookeryException(ErrorCode.NOT_FOUND, "There is no node " + tag);
        }
        if (state.staying().equals(List.of(tag))) {
            throw new RookeryException(ErrorCode.BAD_REQUEST, "Node " + tag + " is the cluster's last one");
        }
        if (known.is(SystemState.LEAVING)) {
            return gone(tag);
        }
        return lead.decide(known.marked(SystemState.LEAVING, true), "node removed", tag)
                .thenCompose(done -> gone(tag));
    }

    private CompletableFuture<Void> gone(String tag) {
        return lead.until("removal of node " + tag, () -> !lead.state().nodes().containsKey(tag));
    }

    private CompletableFuture<Void> mark(String tag, String mark, boolean set) {
        SystemState state = lead.state();
        SystemState.Member known = state.nodes().get(tag);
        if (known == null) {
            throw new RookeryException(ErrorCode.NOT_FOUND, "There is no node " + tag);
        }
        if (set && state.staying().stream().allMatch(one -> one.equals(tag) || state.is(one, mark))) {
            throw new RookeryException(
                    ErrorCode.BAD_REQUEST,
                    "Expected another node that is not " + word(mark) + " but " + tag + " is the last one");
        }
        if (known.is(mark) == set) {
            return set
                    ? lead.until(word(mark) + " node " + tag, () -> idle(tag, mark))
                    : CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> written =
                lead.decide(known.marked(mark, set), "node " + (set ? "" : "no longer ") + word(mark), tag);
        return set
                ? written.thenCompose(done -> lead.until(word(mark) + " node " + tag, () -> idle(tag, mark)))
                : written;
    }

    private static String word(String mark) {
        return mark.equals(SystemState.DRAINING) ? "drained" : "demoted";
    }

    /** Nothing is left on the node that could be elsewhere. */
    private boolean idle(String tag, String mark) {
        SystemState state = lead.state();
        Sight sight = watch.sight(state.nodes().keySet());
        if (sight.nodes().values().stream().anyMatch(one -> one.alive() && !one.answered())) {
            return false; // this node leads for a moment only: who leads what is not known yet
        }
        Set<String> shallNot = state.tags(mark);
        if (mark.equals(SystemState.WATCHER)) {
            return MembershipStep.leadInstead(lead.system().definition().group(), sight, shallNot)
                    .isEmpty();
        }
        boolean leads = sight.groups().entrySet().stream()
                .anyMatch(group -> group.getValue().leader().equals(tag)
                        && MembershipStep.leadInstead(group.getKey(), sight, shallNot)
                                .isPresent());
        return !leads && Supervisor.settled(lead.system(), state, sight, tag);
    }

    private CompletableFuture<Void> suspend(boolean suspended) {
        SystemState state = lead.state();
        if (state.suspended() == suspended) {
            return CompletableFuture.completedFuture(null);
        }
        ChangeVector expected =
                state.suspension().map(SystemState.Suspension::version).orElse(ChangeVector.NONE);
        return lead.decide(
                SystemState.suspend(suspended, expected),
                "supervisor " + (suspended ? "suspended" : "resumed"),
                "the cluster");
    }
}
