package io.rookery.cluster.topology;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The next thing to do so that a group's members become those that are wished. A function of what is seen.
 *
 * <p>A member is added before another one goes, one at a time, and never when the members of before or those of
 * afterwards who answer would be no majority: such a change could not be committed and nothing could after it.
 */
public sealed interface MembershipStep {
    /** An empty replica on a node: a change of the members comes next. */
    record Open(String tag) implements MembershipStep {}

    record Change(List<String> members, String why) implements MembershipStep {}

    /** A member whose replica is gone: to be looked at again before it is taken out. */
    record Lost(String tag, List<String> left) implements MembershipStep {}

    /** What a node still holds although it is no member. */
    record Close(String tag) implements MembershipStep {}

    static Optional<MembershipStep> next(UUID id, Sight sight, List<String> wanted) {
        Sight.Group group = sight.groups().get(id);
        List<String> members = group.members();
        for (String member : members) {
            if (sight.answers(member) && !sight.holds(member, id)) {
                // it has forgotten whom it voted for, and comes back as a new member
                List<String> left = without(members, member);
                return possible(id, sight, members, left) ? Optional.of(new Lost(member, left)) : Optional.empty();
            }
        }
        for (String tag : wanted) {
            if (!members.contains(tag) && sight.answers(tag)) {
                return sight.holds(tag, id)
                        ? change(id, sight, with(members, tag), "the replica on " + tag + " becomes a member")
                        : Optional.of(new Open(tag));
            }
        }
        for (String member : members) {
            if (!wanted.contains(member) && members.size() > 1) {
                return change(id, sight, without(members, member), "the replica on " + member + " goes");
            }
        }
        return sight.nodes().keySet().stream()
                .sorted()
                .filter(tag -> sight.holds(tag, id) && !members.contains(tag) && !wanted.contains(tag))
                .<MembershipStep>map(Close::new)
                .findFirst();
    }

    /** The member that may lead instead of one that shall not; empty when there is none, or all is well. */
    static Optional<String> leadInstead(UUID id, Sight sight, Collection<String> shallNot) {
        Sight.Group group = sight.groups().get(id);
        if (!shallNot.contains(group.leader())) {
            return Optional.empty();
        }
        return group.members().stream()
                .filter(tag -> !shallNot.contains(tag)
                        && sight.holds(tag, id)
                        && group.lag().containsKey(tag))
                .min(Comparator.<String>comparingLong(group.lag()::get).thenComparing(Comparator.naturalOrder()));
    }

    private static Optional<MembershipStep> change(UUID id, Sight sight, List<String> to, String why) {
        List<String> from = sight.groups().get(id).members();
        return possible(id, sight, from, to) ? Optional.of(new Change(to, why)) : Optional.empty();
    }

    private static boolean possible(UUID id, Sight sight, List<String> from, List<String> to) {
        return sight.majority(id, from) && sight.majority(id, to);
    }

    private static List<String> with(List<String> members, String tag) {
        List<String> more = new ArrayList<>(members);
        more.add(tag);
        return more;
    }

    private static List<String> without(List<String> members, String tag) {
        return members.stream().filter(member -> !member.equals(tag)).toList();
    }
}
