// Types of what a program imports.

/** A JSON Schema (2020-12). */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };
/** One of zod's schemas, version 4.2 or later. */
interface ZodLike<Output = unknown, Input = unknown> {
  _zod: { output: Output; input: Input };
}
export type Schema = ZodLike | JsonSchema;

type InputOf<S> = S extends { _zod: { input: infer I } } ? I : any;
type OutputOf<S> = S extends { _zod: { output: infer O } } ? O : any;
type OptionalKeys<P> = { [K in keyof P]: P[K] extends ZodLike ? (undefined extends InputOf<P[K]> ? K : never) : K }[keyof P];
type AbsentKeys<P> = { [K in keyof P]: P[K] extends ZodLike ? (undefined extends OutputOf<P[K]> ? K : never) : never }[keyof P];
type Flat<T> = { [K in keyof T]: T[K] };

/** One schema for each parameter, by its name; or a `z.object` of them. */
export type Parameters = { readonly [name: string]: Schema };
/** What a task's function gets. */
export type Inputs<P> = P extends ZodLike
  ? OutputOf<P>
  : Flat<{ [K in Exclude<keyof P, AbsentKeys<P>>]: OutputOf<P[K]> } & { [K in AbsentKeys<P>]?: OutputOf<P[K]> }>;
/** What an invocation takes: parameters with a default may be left out. */
export type Given<P> = P extends ZodLike
  ? InputOf<P>
  : Flat<{ [K in Exclude<keyof P, OptionalKeys<P>>]: InputOf<P[K]> } & { [K in OptionalKeys<P>]?: InputOf<P[K]> }>;
/** What a task returns. */
type Returned<O> = O extends undefined ? null | undefined | void : InputOf<O>;
/** What an invocation gives. */
type Result<O> = O extends undefined ? null : OutputOf<O>;

/** Milliseconds, or text such as `"30s"`, `"1h30m"`, `"PT1H30M"`. */
export type Duration = number | string;

type OneOrMore = string | readonly string[];
export interface RightKinds {
  /** Files below a directory: an absolute path, as the task sees it. */
  read?: OneOrMore;
  /** The same, and to change them. */
  write?: OneOrMore;
  /** An environment variable. */
  env?: OneOrMore;
  /** Connections to `host` or `host:port`. */
  net?: OneOrMore;
}
export interface Rights extends RightKinds {
  /** Rights that the task copes without. */
  optional?: RightKinds;
}

export interface Reuse {
  /** How many actions an instance runs, over its life: 1000 without it. */
  maxUses?: number;
  /** How long it waits for its next action: 60 seconds without it. */
  idleTtl?: Duration;
  /** How many actions it runs at once: 1. */
  concurrency?: 1;
  /** Whether actions of other runs may find what an earlier one left: `"run"` without it. */
  scope?: "run" | "global";
}

export interface Cache {
  /** In place of the bytes of all loaded components: as long as it is the same, results are. */
  version?: string;
  /** Parameters that don't matter. */
  ignoredInputs?: string | readonly string[];
  /** Of actions that would compute the same result at once, one does, and the others wait for it. */
  serialize?: boolean;
  /** How old a result may be. */
  maxAge?: Duration;
}

export interface TaskOptions<P, O> {
  /** The task's name; without it, the name under which it is exported. */
  name?: string;
  environment?: string;
  /** Documentation, as Markdown; its first line is the summary. */
  doc?: string;
  inputs?: P;
  /** Without it the task gives null. */
  output?: O;
  /** Further attempts after a failed one. */
  retries?: number;
  backoff?: { initial: Duration; factor?: number; cap?: Duration };
  /** What is retried beside errors that the task throws. */
  retryOn?: "trap" | "limit" | readonly ("trap" | "limit")[];
  /** The longest an attempt may run. */
  maxRuntime?: Duration;
  cache?: "auto" | "disable" | Cache;
  reusable?: boolean | Reuse;
  rights?: Rights;
}

export interface InvokeOptions {
  /** A label that siblings share. */
  group?: string;
  retries?: number;
  maxRuntime?: Duration;
  /** Aborts the child; its promise rejects with the signal's reason. */
  signal?: Signal;
}
/** What of an `AbortSignal` counts here. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason: any;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}
export interface MapOptions extends InvokeOptions {
  /** How many children run at once, at most. */
  concurrency?: number;
  /** Every result, of whatever end, rather than the first error. */
  settled?: boolean;
}

export interface Invocable<I, R> {
  /** Starts a child action, in a sandbox of its own. */
  invoke(...args: {} extends I ? [inputs?: I, options?: InvokeOptions] : [inputs: I, options?: InvokeOptions]): Promise<R>;
  /** Starts a child for each item; the results are in the order of the items. */
  map(items: Iterable<I>, options: MapOptions & { settled: true }): Promise<PromiseSettledResult<R>[]>;
  map(items: Iterable<I>, options?: MapOptions): Promise<R[]>;
}
/** A task: called, it is its own function; invoked, it is a child action. */
export interface Task<P, O, F extends (inputs: any) => any = (inputs: Inputs<P>) => any> extends Invocable<Given<P>, Result<O>> {
  (inputs: Inputs<P>): ReturnType<F>;
}

export type TaskFunction<P, O> = (inputs: Inputs<P>) => Returned<O> | Promise<Returned<O>>;

/** Makes a function a task. Export it. */
export function task<const P extends Parameters | ZodLike = {}, O extends Schema | undefined = undefined>(
  options: TaskOptions<P, O>,
  run: TaskFunction<P, O>,
): Task<P, O, TaskFunction<P, O>>;

/** Options that tasks share. */
export function environment(options: { name?: string; reusable?: boolean | Reuse; rights?: Rights }): { readonly name: string | null; readonly task: typeof task };

/** A task of another component: it can be invoked, not called. */
export function external<const P extends Parameters | ZodLike = {}, O extends Schema | undefined = undefined>(options: {
  name: string;
  environment?: string;
  inputs?: P;
  output?: O;
}): Invocable<Given<P>, Result<O>>;

/** Invokes a task, or one by its name or `environment.name`. */
export function invoke<I, R>(task: Invocable<I, R>, inputs: I, options?: InvokeOptions): Promise<R>;
export function invoke<R = any>(task: string, inputs?: object, options?: InvokeOptions): Promise<R>;

/** Invokes a task on each of many inputs. */
export function map<I, R>(task: Invocable<I, R>, items: Iterable<I>, options: MapOptions & { settled: true }): Promise<PromiseSettledResult<R>[]>;
export function map<I, R>(task: Invocable<I, R>, items: Iterable<I>, options?: MapOptions): Promise<R[]>;
export function map<R = any>(task: string, items: Iterable<object>, options?: MapOptions): Promise<R[]>;

/** `invoke` and `map` whose children share the label `name`. */
export function group(name: string): { readonly name: string; readonly invoke: typeof invoke; readonly map: typeof map };

export interface ActionInfo {
  run: string;
  action: string;
  parent: string | null;
  task: string;
  attempt: number;
}
/** The action that the calling task runs as. */
export function ctx(): ActionInfo;
/** Tells those who watch how far the action has come; `fraction` is from 0 to 1. */
export function progress(message: string, fraction?: number): void;
/** An environment variable that the task declares and was granted. */
export function env(name: string): string | undefined;

export type ErrorKind = "task" | "invalid-input" | "invalid-output" | "unknown-task" | "trap" | "limit" | "denied" | "aborted" | "host";

/** Why a task or a child action failed. */
export class TaskError extends Error {
  constructor(message: string, options?: { recoverable?: boolean; details?: unknown; cause?: unknown });
  /** A failure that no further attempt can mend. */
  static permanent(message: string, options?: { details?: unknown; cause?: unknown }): TaskError;
  readonly kind: ErrorKind;
  readonly causes: readonly string[];
  readonly details: unknown;
  readonly recoverable: boolean;
  /** The task that failed, as it was invoked; undefined for an error of the task's own. */
  readonly task?: string;
  /** Which item of a map failed. */
  readonly item?: number;
}
