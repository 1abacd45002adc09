package dev.tasker.template;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Reads YAML text that holds exactly one document (spec 06 §2.1). Runs no code and builds no objects named by tags. */
final class YamlDocument {
    private static final String CORE_TAG = "tag:yaml.org,2002:";
    private static final Set<String> SCALAR_TAGS = Set.of("null", "bool", "int", "float");

    private final Findings findings;
    private final LocatedBuilder builder;
    private int documents;

    private YamlDocument(Findings findings) {
        this.findings = findings;
        this.builder = new LocatedBuilder(findings);
    }

    static Located read(String yaml, Findings findings) {
        YamlDocument document = new YamlDocument(findings);
        LoadSettings settings =
                LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).build();
        try {
            new Parse(settings).parseString(yaml).forEach(document::accept);
        } catch (MarkedYamlEngineException problem) {
            Place place = problem.getProblemMark()
                    .map(mark -> Place.inText(mark.getLine() + 1, mark.getColumn() + 1))
                    .orElse(Place.inText(1, 1));
            throw findings.fatal("YAML_SYNTAX", "not YAML: " + problem.getProblem(), place);
        } catch (ReaderException problem) {
            String message = "character U+%04X cannot stand in YAML (expected: printable characters)"
                    .formatted(problem.getCodePoint());
            throw findings.fatal("YAML_SYNTAX", message, placeOf(yaml, problem.getPosition()));
        } catch (YamlEngineException problem) {
            throw findings.fatal("YAML_SYNTAX", "not YAML: " + problem.getMessage(), Place.inText(1, 1));
        }
        Located root = document.builder.root();
        if (root == null) {
            throw findings.fatal("EMPTY_DOCUMENT", "nothing but comments (expected: a mapping)", Place.inText(1, 1));
        }
        return root;
    }

    private void accept(Event event) {
        Place spot = event.getStartMark()
                .map(mark -> Place.inText(mark.getLine() + 1, mark.getColumn() + 1))
                .orElse(Place.NOWHERE);
        switch (event) {
            case DocumentStartEvent _ -> startDocument(spot);
            case ScalarEvent scalar -> scalar(scalar, spot);
            case MappingStartEvent start -> {
                checkTag(start.getTag(), "map", spot);
                builder.startMapping(spot, anchor(start));
            }
            case SequenceStartEvent start -> {
                checkTag(start.getTag(), "seq", spot);
                builder.startSequence(spot, anchor(start));
            }
            case CollectionEndEvent _ -> builder.end();
            case AliasEvent alias -> builder.alias(alias.getAlias().getValue(), spot);
            default -> {
                // start and end of the stream, end of the document: nothing to build
            }
        }
    }

    private void startDocument(Place spot) {
        documents++;
        if (documents > 1) {
            throw findings.fatal("YAML_DOCUMENTS", "a second document (expected: one per file)", spot);
        }
    }

    private void scalar(ScalarEvent event, Place spot) {
        String text = event.getValue();
        if (builder.expectsKey()) {
            builder.key(text, spot, anchor(event));
            return;
        }
        JsonNode value = isText(event, spot)
                ? JsonNodeFactory.instance.stringNode(text)
                : CoreSchema.resolve(text).orElseGet(() -> notFinite(text, spot));
        builder.scalar(value, text.length(), spot, anchor(event));
    }

    private boolean isText(ScalarEvent event, Place spot) {
        String tag = event.getTag().orElse(event.isPlain() ? "" : "!");
        if (tag.isEmpty()) {
            return false;
        }
        if (tag.equals("!") || tag.equals(CORE_TAG + "str")) {
            return true;
        }
        if (tag.startsWith(CORE_TAG) && SCALAR_TAGS.contains(tag.substring(CORE_TAG.length()))) {
            return false;
        }
        throw tagRefused(tag, spot);
    }

    private void checkTag(Optional<String> tag, String allowed, Place spot) {
        tag.filter(text -> !text.equals("!") && !text.equals(CORE_TAG + allowed))
                .ifPresent(text -> {
                    throw tagRefused(text, spot);
                });
    }

    private TemplateException tagRefused(String tag, Place spot) {
        String message = "tag " + Quoted.of(tag) + " (expected: no tag, or one of YAML's own core tags)";
        return findings.fatal("YAML_TAG", message, spot);
    }

    private JsonNode notFinite(String text, Place spot) {
        String message = Quoted.of(text) + ": JSON has no such number; read as null (expected: a finite number)";
        findings.add("NUMBER_NOT_JSON", Severity.WARNING, message, null, spot);
        return JsonNodeFactory.instance.nullNode();
    }

    private static @Nullable String anchor(NodeEvent event) {
        return event.getAnchor().map(Anchor::getValue).orElse(null);
    }

    private static Place placeOf(String text, int position) {
        int offset = Math.min(position, text.length());
        int line = 1
                + (int) text.substring(0, offset).chars().filter(c -> c == '\n').count();
        return Place.inText(line, offset - text.lastIndexOf('\n', offset - 1));
    }
}
