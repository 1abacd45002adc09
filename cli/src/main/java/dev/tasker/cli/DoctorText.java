package dev.tasker.cli;

import dev.tasker.engine.AuditFinding;
import dev.tasker.engine.DoctorReport;
import java.util.Locale;
import java.util.Objects;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A doctor's report, for people and for programs. */
final class DoctorText {
    private final DoctorReport report;
    private final boolean repair;

    DoctorText(DoctorReport report, boolean repair) {
        this.report = report;
        this.repair = repair;
    }

    /** The summary first, then a block for each finding. */
    String table() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%s: %,d tasks with %,d steps recounted in %.1f s; %,d findings, %,d repaired%n",
                report.isHealthy() ? "Healthy" : "Not healthy",
                report.tasks(),
                report.steps(),
                report.duration().toMillis() / 1e3,
                report.found(),
                report.repaired()));
        for (AuditFinding finding : report.findings()) {
            text.append(String.format("%n%s  %s%n", finding.code().text(), place(finding)));
            text.append(String.format("  expected  %s%n  found     %s%n", finding.expected(), finding.found()));
            text.append(String.format("  %s%n", consequence(finding)));
        }
        if (report.found() > report.findings().size()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%n… and %,d more%n",
                    report.found() - report.findings().size()));
        }
        if (!report.unattended().isEmpty()) {
            text.append(String.format("%nNo fault, but steps wait for workers that are not there:%n"));
            report.unattended().forEach(queue -> text.append(String.format("  %s%n", queue)));
        }
        return text.toString();
    }

    private static String place(AuditFinding finding) {
        if (finding.session() != null) {
            return "session " + finding.session();
        }
        return "task " + finding.task() + (finding.step() == null ? "" : ", step " + finding.step());
    }

    private String consequence(AuditFinding finding) {
        String mended = finding.code().repair();
        if (finding.repaired()) {
            return "repaired  " + Objects.requireNonNullElse(mended, "with what it followed from");
        }
        if (mended != null && !repair) {
            return "--repair  " + mended;
        }
        return "to do     " + Objects.requireNonNullElse(finding.code().hint(), "run the doctor again");
    }

    /** One object on one line. */
    String json() {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("healthy", report.isHealthy())
                .put("complete", report.broken() == null)
                .put("tasks", report.tasks())
                .put("steps", report.steps())
                .put("seconds", report.duration().toMillis() / 1e3)
                .put("found", report.found())
                .put("repaired", report.repaired())
                .put("passing", report.passing());
        ArrayNode findings = object.putArray("findings");
        for (AuditFinding finding : report.findings()) {
            findings.addObject()
                    .put("code", finding.code().text())
                    .put(
                            "task_uuid",
                            finding.task() == null ? null : finding.task().toString())
                    .put("step_index", finding.step())
                    .put("session_id", finding.session())
                    .put("expected", finding.expected())
                    .put("found", finding.found())
                    .put("repaired", finding.repaired())
                    .put("repair", finding.code().repair())
                    .put("hint", finding.code().hint());
        }
        ArrayNode unattended = object.putArray("unattended");
        report.unattended().forEach(unattended::add);
        return object + "\n";
    }
}
