package dev.tasker.testkit.interleaving;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What nodes do on a {@link Stage}, as the calls they make. */
final class Operations {
    private static final String COMPLETED =
            "SELECT kind, task_uuid, step_index, state, token, attempts, queue_id, priority, session_id FROM"
                    + " tasker.complete_steps";
    private static final String CLAIMED =
            "SELECT kind, task_uuid, step_index, token, attempts, queue_id, priority FROM tasker.claim_steps";
    private static final String EXPIRED =
            "SELECT task_uuid, step_index, state, queue_id, priority FROM tasker.expire_session";

    final Operation completeA = complete("completeA", 101, "{1}", "{1}", "{1}", "{0}", "{}", "{}", "{}");
    final Operation completeB = complete("completeB", 102, "{2}", "{1}", "{2}", "{0}", "{}", "{}", "{}");
    final Operation completeBoth = complete("completeBoth", 103, "{1,2}", "{1,1}", "{1,2}", "{0,0}", "{}", "{}", "{}");
    final Operation completeBothBackwards =
            complete("completeBothBackwards", 104, "{2,1}", "{1,1}", "{2,1}", "{0,0}", "{}", "{}", "{}");
    final Operation completeAKeepingC =
            complete("completeAKeepingC", 105, "{1}", "{1}", "{1}", "{0}", "{1}", "{5}", "{1}");
    final Operation completeBKeepingC =
            complete("completeBKeepingC", 106, "{2}", "{1}", "{2}", "{0}", "{2}", "{5}", "{2}");
    final Operation completeAWithOldToken =
            complete("completeAWithOldToken", 107, "{1}", "{0}", "{1}", "{0}", "{}", "{}", "{}");
    final Operation failAForGood = complete("failAForGood", 108, "{1}", "{1}", "{1}", "{2}", "{}", "{}", "{}");
    final Operation failAForNow = complete("failAForNow", 109, "{1}", "{1}", "{1}", "{1}", "{}", "{}", "{}");
    final Operation failBForGood = complete("failBForGood", 115, "{2}", "{1}", "{2}", "{2}", "{}", "{}", "{}");
    final Operation finishP = one("finishP", 116, Stage.PAIR_TASK, 0, 0);
    final Operation finishQ = one("finishQ", 117, Stage.PAIR_TASK, 1, 0);
    final Operation failP = one("failP", 118, Stage.PAIR_TASK, 0, 2);
    final Operation failTrioP = one("failTrioP", 119, Stage.TRIO_TASK, 0, 2);
    final Operation completeTrioQ = one("completeTrioQ", 120, Stage.TRIO_TASK, 1, 0);
    final Operation finishPairAndTrio = across("finishPairAndTrio", 121, Stage.PAIR_TASK, Stage.TRIO_TASK, 0);
    final Operation finishTrioAndPair = across("finishTrioAndPair", 122, Stage.TRIO_TASK, Stage.PAIR_TASK, 1);
    final Operation finishFirst = one("finishFirst", 123, Stage.BATCH_TASK, 1, 0);
    final Operation finishSecond = one("finishSecond", 124, Stage.BATCH_TASK, 2, 0);
    final Operation failFirst = one("failFirst", 125, Stage.BATCH_TASK, 1, 2);
    final Operation retryFirst = one("retryFirst", 126, Stage.BATCH_TASK, 1, 1);
    final Operation finishInstances =
            complete("finishInstances", 127, Stage.BATCH_TASK, "{1,2}", "{1,1}", "{3,3}", "{0,0}", "{}", "{}", "{}");
    final Operation growA;
    final Operation growAWithOldToken;
    final Operation growB;
    final Operation growBByHand;
    final Operation rejectTrioP = Operation.of(
            "rejectTrioP",
            "reject_steps",
            "SELECT task_uuid, step_index, state, queue_id, priority FROM tasker.reject_steps(ARRAY['" + Stage.TRIO_TASK
                    + "']::uuid[], '{0}', '{1}', '{3}', '{t}')");
    final Operation rejectA = Operation.of(
            "rejectA",
            "reject_steps",
            "SELECT task_uuid, step_index, state, queue_id, priority FROM tasker.reject_steps(ARRAY['" + Stage.TASK
                    + "']::uuid[], '{1}', '{1}', '{1}', '{f}')");
    final Operation keepA = checkpoint("keepA", 123, 1, false, 10);
    final Operation yieldA = checkpoint("yieldA", 124, 1, true, 10);
    final Operation yieldAWithOldToken = checkpoint("yieldAWithOldToken", 125, 0, true, 20);
    final Operation expireOne = Operation.of("expireOne", "expire_session", expire(1));
    final Operation expireTwo = Operation.of("expireTwo", "expire_session", expire(2));
    final Operation endOne = Operation.of(
            "endOne",
            "end_session",
            "UPDATE tasker.worker_sessions SET expires_at = '-infinity' WHERE session_id = 1 RETURNING session_id");
    final Operation timeOutA = timeOut("timeOutA", Stage.TASK, 1, 1, 1);
    final Operation timeOutB = timeOut("timeOutB", Stage.TASK, 2, 1, 2);
    final Operation timeOutAWithOldToken = timeOut("timeOutAWithOldToken", Stage.TASK, 1, 0, 1);
    final Operation timeOutP = timeOut("timeOutP", Stage.PAIR_TASK, 0, 1, 3);
    final Operation timeOutQ = timeOut("timeOutQ", Stage.PAIR_TASK, 1, 1, 3);
    final Operation timeOutTrioP = timeOut("timeOutTrioP", Stage.TRIO_TASK, 0, 1, 3);
    final Operation renewOne = Operation.of(
            "renewOne",
            "heartbeat",
            "SELECT session_id, task_uuid, step_index, token FROM tasker.heartbeat('{1}', 50, '{1}', ARRAY['"
                    + Stage.TASK + "']::uuid[], '{1}', '{1}', NULL)");
    final Operation retryDue = Operation.of(
            "retryDue",
            "retry_due",
            "SELECT task_uuid, step_index, state, queue_id, priority FROM tasker.retry_due(10)"
                    + " WHERE task_uuid IS NOT NULL"); // else: how many timers were due
    final Operation resolveA = operate("resolveA", Stage.TASK, 1, 1);
    final Operation resetA = operate("resetA", Stage.TASK, 1, 0);
    final Operation resolveD = operate("resolveD", Stage.TASK, 3, 1);
    final Operation completeEByHand = operate("completeEByHand", Stage.TASK, 4, 2);
    final Operation cancelMesh = cancel("cancelMesh", Stage.TASK);
    final Operation completeQByHand = operate("completeQByHand", Stage.PAIR_TASK, 1, 2);
    final Operation cancelPair = cancel("cancelPair", Stage.PAIR_TASK);
    final Operation resolveTrioP = operate("resolveTrioP", Stage.TRIO_TASK, 0, 1);
    final Operation resetTrioP = operate("resetTrioP", Stage.TRIO_TASK, 0, 0);
    final Operation cancelTrio = cancel("cancelTrio", Stage.TRIO_TASK);
    final Operation resolveFirst = operate("resolveFirst", Stage.BATCH_TASK, 1, 1);
    final Operation endMesh = deadLetter("endMesh", Stage.TASK, 1);
    final Operation endMeshSeenOtherwise = deadLetter("endMeshSeenOtherwise", Stage.TASK, 9);
    final Operation endPair = deadLetter("endPair", Stage.PAIR_TASK, 1);
    final Operation endTrio = deadLetter("endTrio", Stage.TRIO_TASK, 1);
    final Operation endBatch = deadLetter("endBatch", Stage.BATCH_TASK, 1);
    final Operation finishA = one("finishA", 140, Stage.GIVEN_UP_TASK, 0, 0);
    final Operation finishB = one("finishB", 141, Stage.GIVEN_UP_TASK, 1, 0);
    final Operation retryA = one("retryA", 142, Stage.GIVEN_UP_TASK, 0, 1);
    final Operation failB = one("failB", 143, Stage.GIVEN_UP_TASK, 1, 2);
    final Operation timeOutB3 = timeOut("timeOutB3", Stage.GIVEN_UP_TASK, 1, 1, 3);
    final Operation reopen = Operation.of(
            "reopen",
            "reopen_tasks",
            "SELECT kind, task_uuid, step_index, state, queue_id, priority FROM tasker.reopen_tasks(ARRAY['"
                    + Stage.GIVEN_UP_TASK + "']::uuid[], ARRAY['{\"reason\":\"reopen\"}'])");
    final Operation resolveB = operate("resolveB", Stage.GIVEN_UP_TASK, 1, 1);
    final Operation mendLame = examine("mendLame", true);
    final Operation lookAtLame = examine("lookAtLame", false);
    final Operation finishLameP = one("finishLameP", 150, Stage.LAME_TASK, 0, 0);
    final Operation failLameP = one("failLameP", 151, Stage.LAME_TASK, 0, 2);
    final Operation timeOutLameP = timeOut("timeOutLameP", Stage.LAME_TASK, 0, 1, 3);
    final Operation resolveLameQ = operate("resolveLameQ", Stage.LAME_TASK, 1, 1);
    final Operation cancelLame = cancel("cancelLame", Stage.LAME_TASK);
    final Operation claimLame;
    final Operation claim;
    final Operation claimRenewing;
    final Operation create;
    final Operation createBackwards;

    Operations(Stage stage) {
        claim = new Operation("claim", "claim_steps", List.of(claim(stage, 110, "{}", 3, 0)), true);
        claimRenewing = new Operation("claimRenewing", "claim_steps", List.of(claim(stage, 111, "{1}", 1, 0)), true);
        claimLame = new Operation("claimLame", "claim_steps", List.of(claim(stage, 152, "{}", 4, 9)), true);
        growA = grow("growA", stage, 130, 1, 1, 1, 7);
        growAWithOldToken = grow("growAWithOldToken", stage, 131, 1, 0, 1, 7);
        growB = grow("growB", stage, 132, 2, 1, 2, 8);
        growBByHand = growByHand("growBByHand", stage, 2, 8);
        create = create("create", stage, 113, 1, 'a', 'b');
        createBackwards = create("createBackwards", stage, 114, 2, 'b', 'a');
    }

    /** Calls about the smaller tasks, which nothing else touches, and those that add steps to the mesh beside others that move it. */
    List<List<Operation>> small() {
        return List.of(
                List.of(finishP, finishQ, failP, timeOutP, timeOutQ, completeQByHand, cancelPair, endPair),
                List.of(
                        failTrioP,
                        completeTrioQ,
                        rejectTrioP,
                        timeOutTrioP,
                        resolveTrioP,
                        resetTrioP,
                        cancelTrio,
                        endTrio),
                List.of(finishFirst, finishSecond, failFirst, retryFirst, finishInstances, resolveFirst, endBatch),
                List.of(finishA, finishB, retryA, failB, timeOutB3, retryDue, reopen, resolveB),
                List.of(
                        growA,
                        growAWithOldToken,
                        growB,
                        growBByHand,
                        completeA,
                        completeB,
                        completeBKeepingC,
                        failBForGood,
                        expireOne,
                        expireTwo));
    }

    /** Calls about the mesh, or about everything. */
    List<Operation> large() {
        return List.of(
                completeA,
                completeB,
                completeBoth,
                completeBothBackwards,
                completeAKeepingC,
                completeBKeepingC,
                completeAWithOldToken,
                failAForGood,
                failAForNow,
                failBForGood,
                rejectA,
                keepA,
                yieldA,
                yieldAWithOldToken,
                expireOne,
                expireTwo,
                endOne,
                timeOutA,
                timeOutB,
                timeOutAWithOldToken,
                renewOne,
                retryDue,
                claim,
                claimRenewing,
                create,
                createBackwards);
    }

    /** What operators do to the mesh, and sweeps. */
    List<Operation> actions() {
        return List.of(resolveA, resetA, resolveD, completeEByHand, cancelMesh, endMesh, endMeshSeenOtherwise);
    }

    /** What an operator's action may meet. */
    List<Operation> metByActions() {
        return List.of(
                completeA,
                completeBoth,
                completeBKeepingC,
                failAForGood,
                failAForNow,
                failBForGood,
                rejectA,
                expireOne,
                expireTwo,
                retryDue,
                claim,
                claimRenewing);
    }

    /** What may come to a task while the doctor mends it. */
    List<Operation> metByDoctor() {
        return List.of(
                lookAtLame, finishLameP, failLameP, timeOutLameP, resolveLameQ, cancelLame, claimLame, claim, retryDue);
    }

    private static Operation examine(String name, boolean repair) {
        return Operation.of(
                name,
                "examine_task",
                "SELECT code, step_index, expected, found, repaired FROM tasker.examine_task('" + Stage.LAME_TASK
                        + "', " + repair + ")");
    }

    private static Operation operate(String name, String task, int step, int action) {
        return Operation.of(
                name,
                "operate_steps",
                "SELECT kind, task_uuid, step_index, state, token, queue_id, priority, session_id, task_state, detail"
                        + " FROM tasker.operate_steps(ARRAY['" + task + "']::uuid[], '{" + step + "}', '{" + action
                        + "}', ARRAY['{\"by\":\"hand\"}'], ARRAY['{\"action\":\"" + name + "\"}'], '{false}')");
    }

    private static Operation cancel(String name, String task) {
        return Operation.of(
                name,
                "cancel_tasks",
                "SELECT kind, task_uuid, step_index, token, session_id, state, detail FROM tasker.cancel_tasks(ARRAY['"
                        + task + "']::uuid[], ARRAY['{\"action\":\"cancel\"}'])");
    }

    /** A sweep ends the task as it saw it. */
    private static Operation deadLetter(String name, String task, int version) {
        return Operation.of(
                name,
                "dead_letter_tasks",
                "SELECT task_uuid, unchanged, dlq_entry_uuid IS NOT NULL, failed, namespace_name, task_name, state,"
                        + " minutes FROM"
                        + " tasker.dead_letter_tasks(ARRAY['" + task + "']::uuid[], '{staleness_timeout}', '{3}', '{"
                        + version
                        + "}', '{30}', '{true}', '{true}', '{null}')");
    }

    private static Operation one(String name, int batch, String task, int step, int outcome) {
        return Operation.of(
                name,
                "complete_steps",
                COMPLETED + "(" + batch + ", '{}', ARRAY['" + task + "']::uuid[], '{" + step + "}', '{1}', '{3}', '{"
                        + outcome + "}', '{0}', '{7}', ARRAY['{\"by\":\"" + name + "\"}'], '{}', '{}', '{}', '{}')");
    }

    private static Operation across(String name, int batch, String first, String second, int step) {
        return Operation.of(
                name,
                "complete_steps",
                COMPLETED + "(" + batch + ", '{}', ARRAY['" + first + "', '" + second + "']::uuid[], '{" + step + ","
                        + step
                        + "}', '{1,1}', '{3,3}', '{0,0}', '{0,0}', '{7,7}', ARRAY['{}', '{}'], '{}', '{}', '{}',"
                        + " '{}')");
    }

    private static Operation complete(
            String name,
            int batch,
            String steps,
            String tokens,
            String sessions,
            String outcomes,
            String renew,
            String keep,
            String keepers) {
        return complete(name, batch, Stage.TASK, steps, tokens, sessions, outcomes, renew, keep, keepers);
    }

    private static Operation complete(
            String name,
            int batch,
            String taskUuid,
            String steps,
            String tokens,
            String sessions,
            String outcomes,
            String renew,
            String keep,
            String keepers) {
        boolean two = steps.contains(",");
        String task = "'" + taskUuid + "'";
        String query = COMPLETED + "(" + batch + ", '" + renew + "', ARRAY[" + task + (two ? ", " + task : "")
                + "]::uuid[], '" + steps
                + "', '" + tokens + "', '" + sessions + "', '" + outcomes + "', '" + (two ? "{0,0}" : "{0}") + "', '"
                + (two ? "{7,7}" : "{7}") + "', ARRAY[" + ("'{\"by\":\"" + name + "\"}'")
                + (two ? ", '{\"by\":\"" + name + "\"}'" : "")
                + "], '{}', " + (keep.equals("{}") ? "'{}'" : "ARRAY[" + task + "]::uuid[]") + ", '" + keep + "', '"
                + keepers + "'" + (two ? "" : events(batch, taskUuid, steps)) + ")";
        return Operation.of(name, "complete_steps", query);
    }

    private static Operation checkpoint(String name, int batch, int token, boolean yields, int cursor) {
        return Operation.of(
                name,
                "checkpoint_steps",
                "SELECT task_uuid, step_index, token, attempts, record FROM tasker.checkpoint_steps(" + batch
                        + ", ARRAY['" + Stage.TASK + "']::uuid[], '{1}', '{" + token + "}', '{1}', '{" + yields
                        + "}', '{" + cursor + "}', '{" + cursor + "}', '{null}')");
    }

    /** Events for each state the result may leave the step in, and one for any. */
    private static String events(int batch, String task, String step) {
        String index = step.substring(1, step.length() - 1);
        String id = "00000000-0000-0000-0000-000000000" + batch;
        return ", array_fill('" + task + "'::uuid, '{4}'), array_fill(" + index
                + ", '{4}'), '{6,5,7,null}', ARRAY['"
                + id + "', '" + id + "', '" + id + "', '" + id + "']::uuid[], '{proof,proof,proof,proof}',"
                + " '{it.worked,it.waits,it.failed,it.ended}', ARRAY['{}', '{}', '{}', '{}']";
    }

    /** The decider completes and adds a step behind itself and d, on which c waits too. */
    private static Operation grow(String name, Stage stage, int batch, int decider, int token, int session, int added) {
        String task = "ARRAY['" + Stage.TASK + "']::uuid[]";
        return Operation.of(
                name,
                "grow_and_complete",
                "SELECT kind, task_uuid, step_index, state, token, attempts, queue_id, priority, session_id FROM"
                        + " tasker.grow_and_complete(" + batch + ", '{}', " + task + ", '{" + decider + "}', '{" + token
                        + "}', '{" + session + "}', '{0}', '{0}', '{7}', ARRAY['{\"by\":\"" + name
                        + "\"}'], '{}', '{}', '{}', '{}', " + growth(name, stage, decider, token, added) + ")");
    }

    /** An operator completes the decider with a result that adds such a step. */
    private static Operation growByHand(String name, Stage stage, int decider, int added) {
        return Operation.of(
                name,
                "grow_and_operate",
                "SELECT kind, task_uuid, step_index, state, token, queue_id, priority, session_id, task_state, detail"
                        + " FROM tasker.grow_and_operate(ARRAY['" + Stage.TASK + "']::uuid[], '{" + decider
                        + "}', '{2}', ARRAY['{\"by\":\"hand\"}'], ARRAY['{\"action\":\"" + name + "\"}'], '{false}', "
                        + growth(name, stage, decider, null, added) + ")");
    }

    private static String growth(String name, Stage stage, int decider, @Nullable Integer token, int added) {
        String task = "ARRAY['" + Stage.TASK + "']::uuid[]";
        return task + ", '{" + decider + "}', '{" + token + "}', '{0}', "
                + task + ", '{" + added + "}', ARRAY[" + stage.queueId() + "], '{" + decider
                + "}', '{null}', '{1}', '{3}', '{0}', ARRAY['{5}'], '{" + name + "}', '{null}', array_fill('"
                + Stage.TASK + "'::uuid, '{2}'), '{"
                + decider + ",3}', '{" + added + "," + added + "}', '{0,0}', " + task
                + ", '{5}', '{1}', '{}', '{}', '{}', '{}'";
    }

    Operation named(String name) {
        return Stream.of(List.of(large(), actions(), metByDoctor(), List.of(mendLame)), small())
                .flatMap(List::stream)
                .flatMap(List::stream)
                .filter(operation -> operation.name().equals(name))
                .findAny()
                .orElseThrow();
    }

    private static Operation timeOut(String name, String task, int step, int token, int session) {
        return Operation.of(
                name,
                "time_out_steps",
                "SELECT kind, task_uuid, step_index, state, token, attempts, max_attempts FROM"
                        + " tasker.time_out_steps(ARRAY['"
                        + task + "']::uuid[], '{" + step + "}', '{" + token + "}', '{" + session
                        + "}', '{1500}', ARRAY['{\"by\":\"" + name + "\"}'])");
    }

    private static String expire(int session) {
        return EXPIRED + "(" + session
                + ", 0, ARRAY['{\"by\":\"expiry\"}', '{\"by\":\"last\"}', '{\"by\":\"loss\"}'], 20) WHERE task_uuid IS"
                + " NOT NULL"; // else: a log was cut
    }

    private static String claim(Stage stage, int batch, String renew, int session, int priority) {
        return CLAIMED + "(" + batch + ", '" + renew + "', " + session + ", ARRAY[" + stage.queueId() + "], '{"
                + priority + "}', '{0}', 10)";
    }

    private static Operation create(String name, Stage stage, int batch, int caller, char first, char second) {
        String tasks = "ARRAY['" + created(caller, first) + "', '" + created(caller, second) + "']::uuid[]";
        return Operation.of(
                name,
                "create_tasks",
                "SELECT position, owner FROM tasker.create_tasks(" + batch + ", '{}', " + tasks + ", ARRAY["
                        + stage.templateId() + ", "
                        + stage.templateId() + "], '{0,0}', ARRAY['\\x0" + first + "', '\\x0" + second + "']::bytea[], "
                        + tasks
                        + ", '{null,null}', '{me,me}', '{here,here}', '{why,why}', '{null,null}', ARRAY['{}', '{}'],"
                        + " '{null,null}')");
    }

    static String created(int caller, char identity) {
        return "01900000-0000-7000-8000-00000" + identity + caller + "00000";
    }
}
