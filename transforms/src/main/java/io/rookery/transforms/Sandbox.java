package io.rookery.transforms;

import io.rookery.api.Limits;
import java.io.OutputStream;
import java.time.ZoneOffset;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.EnvironmentAccess;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.PolyglotAccess;
import org.graalvm.polyglot.ResourceLimits;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.io.IOAccess;

/**
 * Makes contexts in which JavaScript can compute and nothing else: no host, no I/O, no threads, no {@code eval}, no
 * clock, nothing random; and nothing to keep: all globals are frozen, so that no document sees what another one left.
 */
final class Sandbox {
    static final long STATEMENTS = 1_000_000;

    /** Shared, so that contexts share parsed code. */
    private static final Engine ENGINE = Engine.newBuilder("js")
            .option("engine.WarnInterpreterOnly", "false")
            .out(OutputStream.nullOutputStream())
            .err(OutputStream.nullOutputStream())
            .build();

    private static final Source PRELUDE = Source.create(
            "js",
            """
            (function () {
              'use strict';
              const refuse = (what) => { throw new Error(what + ' is not available: a redelivered change must give the same result'); };
              const RealDate = Date;
              const RealReflect = { construct: Reflect.construct };
              function FixedDate(...parts) {
                if (!new.target || parts.length === 0) { refuse('The current time'); }
                return RealReflect.construct(RealDate, parts, new.target);
              }
              FixedDate.prototype = RealDate.prototype;
              Object.defineProperty(RealDate.prototype, 'constructor', { value: FixedDate });
              FixedDate.parse = RealDate.parse;
              FixedDate.UTC = RealDate.UTC;
              FixedDate.now = () => refuse('Date.now');
              Object.defineProperty(globalThis, 'Date', { value: FixedDate });
              Math.random = () => refuse('Math.random');
              for (const name of ['Intl', 'WeakRef', 'FinalizationRegistry', 'SharedArrayBuffer', 'Atomics', 'Temporal',
                                  'performance', 'Java', 'Polyglot', 'Graal', 'Packages', 'load', 'loadWithNewGlobal',
                                  'print', 'printErr', 'console', 'quit', 'exit', 'read', 'readbuffer', 'readline', 'crypto',
                                  'WebAssembly', 'Worker', 'eval', 'Proxy']) {
                delete globalThis[name];
              }
              // a builtin has no statements and cannot be stopped: what it walks over is bounded before it begins
              const MOST = 10000000;
              const { apply, construct } = Reflect;
              const { isArray } = Array;
              const describe = Object.getOwnPropertyDescriptor;
              const bounded = (thing) => {
                if (thing === null || (typeof thing !== 'object' && typeof thing !== 'function')) { return; }
                let length = 0;
                if (isArray(thing)) {
                  length = thing.length;
                } else if ('length' in thing) {
                  const own = describe(thing, 'length');
                  length = own ? own.value : thing instanceof TypedArray ? thing.length : NaN;
                }
                if (typeof length !== 'number' || !(length <= MOST)) {
                  throw new RangeError('Expected an array of at most ' + MOST + ' items');
                }
              };
              const TypedArray = Object.getPrototypeOf(Int8Array);
              const replace = (owner, key, value) =>
                Object.defineProperty(owner, key, { value, writable: true, configurable: true, enumerable: false });
              const walk = (method) => {
                const real = Function.prototype.call.bind(method);
                return function (first, second) {
                  if (!isArray(this) || this.length > MOST) { bounded(this); }
                  switch (arguments.length) {
                    case 0: return real(this);
                    case 1: return real(this, first);
                    case 2: return real(this, first, second);
                    default: return real(this, ...arguments);
                  }
                };
              };
              // those that call the script for their items stay as they are: half of a script's speed is at stake
              const calling = ['map', 'filter', 'forEach', 'reduce', 'some', 'every', 'flatMap',
                               'find', 'findIndex', 'findLast', 'findLastIndex'];
              for (const key of Object.getOwnPropertyNames(Array.prototype)) {
                if (key !== 'constructor' && !calling.includes(key) && typeof Array.prototype[key] === 'function') {
                  replace(Array.prototype, key, walk(Array.prototype[key]));
                }
              }
              replace(Array.prototype, Symbol.iterator, Array.prototype.values);
              const realFrom = Array.from;
              replace(Array, 'from', function (...parts) { bounded(parts[0]); return apply(realFrom, this, parts); });
              const realApply = Function.prototype.apply;
              replace(Function.prototype, 'apply', function (self, list) {
                bounded(list);
                return apply(realApply, this, [self, list]);
              });
              replace(Reflect, 'apply', (f, self, list) => { bounded(list); return apply(f, self, list); });
              replace(Reflect, 'construct', (f, list, ...target) => { bounded(list); return construct(f, list, ...target); });
              delete Array.fromAsync;
              delete String.raw;
              const seen = new Set();
              const freeze = (thing) => {
                if (thing === null || (typeof thing !== 'object' && typeof thing !== 'function') || seen.has(thing)) { return; }
                seen.add(thing);
                for (const key of Reflect.ownKeys(thing)) {
                  const property = Object.getOwnPropertyDescriptor(thing, key);
                  if (property) { freeze(property.value); freeze(property.get); freeze(property.set); }
                }
                freeze(Object.getPrototypeOf(thing));
                Object.freeze(thing);
              };
              freeze(globalThis);
              for (const hidden of [function* () {}, async function () {}, async function* () {}, [][Symbol.iterator](),
                                    new Map()[Symbol.iterator](), new Set()[Symbol.iterator](), ''[Symbol.iterator](),
                                    'x'.matchAll(/x/g)]) {
                freeze(Object.getPrototypeOf(hidden));
              }
            })
            """);

    private Sandbox() {}

    static Context open() {
        Context context = Context.newBuilder("js")
                .engine(ENGINE)
                .allowAllAccess(false)
                .allowHostAccess(HostAccess.NONE)
                .allowHostClassLookup(name -> false)
                .allowPolyglotAccess(PolyglotAccess.NONE)
                .allowIO(IOAccess.NONE)
                .allowEnvironmentAccess(EnvironmentAccess.NONE)
                .allowCreateThread(false)
                .allowCreateProcess(false)
                .allowNativeAccess(false)
                .allowExperimentalOptions(true)
                .option("js.disable-eval", "true")
                .option("js.load", "false")
                .option("js.print", "false")
                .option("js.console", "false")
                .option("js.graal-builtin", "false")
                .option("js.polyglot-builtin", "false")
                .option("js.java-package-globals", "false")
                .option("js.intl-402", "false")
                .option("js.string-length-limit", String.valueOf(Limits.STRING_LENGTH))
                .option("js.locale", "en-US")
                .timeZone(ZoneOffset.UTC)
                .resourceLimits(ResourceLimits.newBuilder()
                        .statementLimit(STATEMENTS, null)
                        .build())
                .build();
        context.eval(PRELUDE).executeVoid();
        return context;
    }
}
