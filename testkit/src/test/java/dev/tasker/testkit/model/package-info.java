/**
 * Random programs against the engine and, beside it, a small model written from the specification. The model is read from the specification
 * alone: what it gets wrong and what the engine gets wrong look the same, and the specification decides.
 *
 * <p>The rooms: {@link dev.tasker.testkit.model.Action} is what a program may do. {@link dev.tasker.testkit.model.Run} performs one command
 * after another and waits until everything rests. {@code TaskActions}, {@code WorkerActions} and {@code SessionActions} carry commands out at
 * the engine and tell the model. {@code TaskModel}, {@code StepModel}, {@code Growth}, {@code Progress} and {@code Publication} are the model.
 * {@code Arrivals} follows what the nodes hand out; {@code Comparison} holds the rows against the model. {@code World} is what one program
 * has, {@code Ground} the database and the two nodes that programs share.
 *
 * <p>To add an action:
 *
 * <ol>
 *   <li>A record in {@code Action}, with numbers that choose among what there is when it runs; it may find nothing and do nothing.
 *   <li>A line at the end of {@code Action.KINDS} with its weight. Every seed then means another program: the seeds in {@code ModelTest}
 *       and {@code BrokenStatementsTest} are looked for anew.
 *   <li>A case in {@code Run.perform}, and a method in the class of whoever acts: ask the model first, then the engine, and require the same
 *       answer. End with one effect per command, or let the model name every order the engine may choose.
 *   <li>What it changes in the model, in {@code TaskModel} or {@code StepModel}, with the section of the specification.
 *   <li>What the database must show, in {@code Comparison}; what an assignment must carry, in {@code Arrivals.arrived}.
 *   <li>An end for it in {@code Run.finish}: every task has to come to its end.
 *   <li>A statement that guards it, broken, in {@code BrokenStatementsTest}.
 * </ol>
 *
 * <p>A seed that finds a fault of the engine becomes a named test in {@code ModelTest}.
 */
@NullMarked
package dev.tasker.testkit.model;

import org.jspecify.annotations.NullMarked;
