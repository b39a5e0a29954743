package io.rookery.etl.task;

import io.rookery.api.ErrorCode;
import io.rookery.api.Limits;
import io.rookery.api.RookeryException;
import io.rookery.api.Setting;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Reads YAML 1.2 into settings that know their place. Duplicate keys, deep nesting and too many aliases are refused. */
public final class YamlText {
    private static final int MAX_CHARACTERS = 1 << 20;
    private static final int MAX_DEPTH = 40;
    private static final int MAX_NODES = 50_000;

    private final String file;
    private int nodes;

    private YamlText(String file) {
        this.file = file;
    }

    /** One setting for each document of the text; empty documents are left out. */
    public static List<Setting> parse(String file, String text) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file)
                .setSchema(new CoreSchema())
                .setCodePointLimit(MAX_CHARACTERS)
                .setMaxAliasesForCollections(50)
                .build();
        YamlText reader = new YamlText(file);
        List<Setting> documents = new ArrayList<>();
        try {
            refuseDepth(file, new Parse(settings).parseString(text));
            for (Node node : new Compose(settings).composeAllFromString(text)) {
                Setting document = reader.setting(node, "", 0);
                if (!document.isNull()) {
                    documents.add(document);
                }
            }
        } catch (MarkedYamlEngineException e) {
            throw new RookeryException(ErrorCode.BAD_TASK, place(file, e.getProblemMark()) + explain(e, text), e);
        } catch (YamlEngineException e) {
            throw new RookeryException(ErrorCode.BAD_TASK, file + ": " + e.getMessage(), e);
        }
        return documents;
    }

    /** Before nodes are made of the text: that goes as deep into the stack as the text does into itself. */
    private static void refuseDepth(String file, Iterable<Event> events) {
        int depth = 0;
        for (Event event : events) {
            if (event instanceof CollectionStartEvent && ++depth > MAX_DEPTH + 1) {
                throw new RookeryException(
                        ErrorCode.BAD_TASK,
                        place(file, event.getStartMark()) + "Expected at most " + MAX_DEPTH + " levels but found more");
            }
            depth -= event instanceof CollectionEndEvent ? 1 : 0;
        }
    }

    private static String explain(MarkedYamlEngineException e, String text) {
        String line = e.getProblemMark()
                .map(mark -> text.lines().skip(mark.getLine()).findFirst().orElse(""))
                .orElse("");
        String hint = line.matches(".*:\\s*\\{.*}.+") || line.matches(".*[:,{]\\s*[\\w/]*\\{.*")
                ? "; a template with braces must be quoted: \"orders/{id}\""
                : "";
        return e.getProblem() + hint;
    }

    private static String place(String file, Optional<Mark> mark) {
        return mark.map(at -> file + ':' + (at.getLine() + 1) + ':' + (at.getColumn() + 1) + ": ")
                .orElse(file + ": ");
    }

    private Setting setting(Node node, String path, int depth) {
        if (depth > MAX_DEPTH || ++nodes > MAX_NODES) {
            throw at(node, path, null)
                    .error("Expected at most " + MAX_DEPTH + " levels and " + MAX_NODES + " values but found more");
        }
        return at(node, path, value(node, path, depth));
    }

    private Setting at(Node node, String path, Object value) {
        int line = node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
        int column = node.getStartMark().map(mark -> mark.getColumn() + 1).orElse(1);
        return new Setting(file, line, column, path, value);
    }

    private Object value(Node node, String path, int depth) {
        if (node instanceof MappingNode mapping) {
            return mapping(mapping, path, depth);
        }
        if (node instanceof SequenceNode sequence) {
            List<Setting> items = new ArrayList<>();
            for (Node item : sequence.getValue()) {
                items.add(setting(item, path, depth + 1));
            }
            return List.copyOf(items);
        }
        return scalar((ScalarNode) node, path);
    }

    private Map<String, Setting> mapping(MappingNode mapping, String path, int depth) {
        Map<String, Setting> settings = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Setting key = setting(tuple.getKeyNode(), path, depth + 1);
            if (key.isMapping() || key.isList() || key.isNull()) {
                throw key.error("Expected a text as key but found "
                        + (key.isMapping()
                                ? "a mapping; a template with braces must be quoted: \"orders/{id}\""
                                : "something else"));
            }
            String name = ((ScalarNode) tuple.getKeyNode()).getValue();
            Setting value = setting(tuple.getValueNode(), Setting.join(path, name), depth + 1);
            // the place of a value that is missing or nested is its key's: there the eye looks first
            Setting placed =
                    value.isText() ? value : new Setting(file, key.line(), key.column(), value.path(), value.value());
            if (settings.put(name, placed) != null) {
                throw key.error("Found the key '" + name + "' twice");
            }
        }
        return java.util.Collections.unmodifiableMap(settings);
    }

    private Object scalar(ScalarNode node, String path) {
        String text = node.getValue();
        Tag tag = node.getTag();
        if (text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            throw at(node, path, null).error("Expected whole characters but found half of a surrogate pair");
        }
        if ((tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) && text.length() > Limits.NUMBER_LENGTH) {
            throw at(node, path, null)
                    .error("Expected a number of at most " + Limits.NUMBER_LENGTH + " characters but found "
                            + text.length());
        }
        if (tag.equals(Tag.NULL)) {
            return null;
        }
        if (tag.equals(Tag.BOOL)) {
            return text.equalsIgnoreCase("true");
        }
        if (tag.equals(Tag.INT)) {
            return integer(text);
        }
        if (tag.equals(Tag.FLOAT)) {
            try {
                return decimal(new BigDecimal(text), at(node, path, null));
            } catch (NumberFormatException e) {
                throw new RookeryException(
                        ErrorCode.BAD_TASK, at(node, path, text).place() + "Expected a number but found " + text, e);
            }
        }
        return text;
    }

    /** Nobody must be made to write a number out that says a thousand million digits in ten characters. */
    private static BigDecimal decimal(BigDecimal number, Setting place) {
        if (Math.abs((long) number.scale()) > Limits.NUMBER_EXPONENT) {
            throw place.error("Expected an exponent of at most " + Limits.NUMBER_EXPONENT + " but found a larger one");
        }
        return number;
    }

    private static Object integer(String text) {
        BigInteger number = text.startsWith("0x")
                ? new BigInteger(text.substring(2), 16)
                : text.startsWith("0o") ? new BigInteger(text.substring(2), 8) : new BigInteger(text);
        return number.bitLength() < Long.SIZE ? (Object) number.longValueExact() : number;
    }
}
