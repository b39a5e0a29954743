package io.rookery.samples.shop;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Chooses which node is killed next: in turn the leader, the owner of a task, a follower; a single one is an owner. */
final class Victims {
    enum Role {
        LEADER,
        OWNER,
        FOLLOWER
    }

    /** A node to kill, and why it. */
    record Victim(Role role, String node, String why) {}

    /** The owners are killed in this order. */
    private static final List<String> TASKS = List.of("orders-to-dwh", "shop-orders", "orders-out");

    private final int kills;
    private final Random random;

    Victims(int kills, Random random) {
        this.kills = kills;
        this.random = random;
    }

    /** Empty while no leader, or no owner, is known. */
    Optional<Victim> next(int kill, Optional<String> leader, List<TaskView> tasks) {
        Role role = kills == 1 ? Role.OWNER : Role.values()[kill % Role.values().length];
        return switch (role) {
            case LEADER -> leader.map(node -> new Victim(role, node, "it leads the database"));
            case OWNER -> {
                String task = TASKS.get(kill / Role.values().length % TASKS.size());
                yield tasks.stream()
                        .filter(view -> view.task().equals(task) && view.runs())
                        .map(view -> new Victim(role, view.owner(), "it runs " + task))
                        .findFirst();
            }
            case FOLLOWER -> leader.map(node -> follower(node, tasks));
        };
    }

    /** One without a task where there is one. */
    private Victim follower(String leader, List<TaskView> tasks) {
        List<String> followers = new ArrayList<>(List.of("A", "B", "C"));
        followers.remove(leader);
        List<String> idle = followers.stream()
                .filter(node -> tasks.stream().noneMatch(task -> task.owner().equals(node)))
                .toList();
        List<String> choice = idle.isEmpty() ? followers : idle;
        return new Victim(Role.FOLLOWER, choice.get(random.nextInt(choice.size())), "it follows " + leader);
    }
}
