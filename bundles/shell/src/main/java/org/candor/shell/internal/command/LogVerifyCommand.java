package org.candor.shell.internal.command;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.candor.api.operation.Caller;
import org.candor.api.operation.Evidences;
import org.candor.proof.Checkpoint;
import org.candor.proof.InvalidProofException;
import org.candor.proof.Json;
import org.candor.proof.MerkleTree;
import org.candor.proof.SignedNote;
import org.candor.proof.VerifierKey;

/** {@code candor:log-verify}. */
@Service
@Command(
        scope = CandorCommand.SCOPE,
        name = "log-verify",
        description = "Computes the log's root from every entry and compares it with the signed one.",
        detailedDescription = "Reads every entry. Ends with 3 when they do not lead to the signed root.\n"
                + "Example: candor:log-verify")
public final class LogVerifyCommand extends CandorCommand {

    /** A perfect subtree: the hash over 2^level entries. */
    private record Subtree(int level, byte[] hash) {}

    @Override
    int run(Caller caller) {
        Map<String, Object> result = new LinkedHashMap<>();
        String trouble;
        try {
            SignedNote note = SignedNote.parse(operations.log().checkpoint());
            note.verify(List.of(VerifierKey.parse(operations.log().verifierKey())));
            Checkpoint checkpoint = Checkpoint.parse(note.text());
            result.put("origin", checkpoint.origin());
            result.put("size", checkpoint.size());
            byte[] root = root(caller, checkpoint.size());
            trouble = Arrays.equals(root, checkpoint.root()) ? null : "the entries do not lead to the signed root";
        } catch (InvalidProofException e) {
            trouble = e.getMessage();
        }
        result.put("verified", trouble == null);
        result.put("reason", trouble);
        print(
                result,
                trouble == null
                        ? "verified: " + result.get("size") + " entries lead to the root that " + result.get("origin")
                                + " has signed"
                        : "NOT verified: " + trouble);
        return trouble == null ? DONE : NO;
    }

    /** RFC 6962, section 2.1, from the leaves up; equal subtrees are joined as they come. */
    private byte[] root(Caller caller, long size) {
        Deque<Subtree> subtrees = new ArrayDeque<>();
        for (long at = 0; at < size; ) {
            int count = (int) Math.min(Evidences.MOST_ENTRIES, size - at);
            List<Evidences.Entry> entries =
                    operations.evidences().entries(caller, at, count).entries();
            if (entries.isEmpty()) {
                return null;
            }
            for (Evidences.Entry entry : entries) {
                add(subtrees, MerkleTree.leafHash(Json.canonical(entry.leaf())));
            }
            at += entries.size();
        }
        byte[] root =
                subtrees.isEmpty() ? MerkleTree.emptyRoot() : subtrees.pop().hash();
        while (!subtrees.isEmpty()) {
            root = MerkleTree.nodeHash(subtrees.pop().hash(), root);
        }
        return root;
    }

    private static void add(Deque<Subtree> subtrees, byte[] leaf) {
        Subtree next = new Subtree(0, leaf);
        while (!subtrees.isEmpty() && subtrees.peek().level() == next.level()) {
            next = new Subtree(
                    next.level() + 1, MerkleTree.nodeHash(subtrees.pop().hash(), next.hash()));
        }
        subtrees.push(next);
    }
}
