//! Slots: who gets one, who waits, and who must not wait forever.

use std::pin::Pin;

use futures::FutureExt;

use super::*;

type Answer = Result<Slot, Limit>;

/// One action that asks for a slot.
struct Asking {
    ticket: Arc<Ticket>,
    answer: Pin<Box<dyn Future<Output = Answer>>>,
}

/// One that has it. As with an action, the ticket goes after the slot.
struct Live {
    slot: Slot,
    _ticket: Arc<Ticket>,
}

impl Asking {
    fn at(admission: &Arc<Admission>, run: &RunId, depth: u32, parent: Option<&Live>) -> Self {
        let ticket = Arc::new(admission.ticket(run.clone(), depth, parent.map(|parent| parent.slot.id())));
        let asks = Arc::clone(&ticket);
        Self { ticket, answer: Box::pin(async move { asks.admit(1).await }) }
    }

    fn answer(&mut self) -> Option<Answer> {
        self.answer.as_mut().now_or_never()
    }

    fn slot(mut self) -> Live {
        let slot = self.answer().expect("there is room").expect("it is admitted");
        Live { slot, _ticket: self.ticket }
    }
}

fn one_run(max_running: usize, max_live: usize) -> (Arc<Admission>, RunId) {
    (Admission::new(max_running, max_live), RunId::random())
}

#[test]
fn a_waiting_parent_holds_no_running_slot() {
    let (admission, run) = one_run(1, 10);
    let parent = Asking::at(&admission, &run, 1, None).slot();
    let mut child = Asking::at(&admission, &run, 2, Some(&parent));
    assert!(child.answer().is_none());
    parent.slot.child_started();
    assert!(child.answer().unwrap().is_ok());
}

#[test]
fn those_who_wait_for_a_result_keep_nobody_from_seeing_that_waiting_is_hopeless() {
    let (admission, run) = one_run(4, 2);
    // Both wait for a child: the one's waits for a slot, the other's for the result of that.
    let parents = [(); 2].map(|()| Asking::at(&admission, &run, 2, None).slot());
    let mut computing = Asking::at(&admission, &run, 3, Some(&parents[0]));
    let _waiting = Asking::at(&admission, &run, 3, Some(&parents[1]));
    parents.iter().for_each(|parent| parent.slot.child_started());
    assert!(computing.answer().is_none(), "something may still change");
    admission.stand_by();
    assert!(matches!(computing.answer(), Some(Err(Limit::Instances(2)))));
    // Who goes on again may change something.
    admission.go_on(1);
    let mut next = Asking::at(&admission, &run, 3, Some(&parents[0]));
    assert!(next.answer().is_none());
}

#[test]
fn the_deepest_goes_first_and_equals_go_in_order() {
    let (admission, run) = one_run(1, 10);
    let first = Asking::at(&admission, &run, 1, None).slot();
    let mut shallow = Asking::at(&admission, &run, 2, Some(&first));
    let mut deep = Asking::at(&admission, &run, 3, None);
    assert!(shallow.answer().is_none() && deep.answer().is_none());
    drop(first);
    assert!(shallow.answer().is_none());
    drop(deep.slot());
    shallow.slot();
}

#[test]
fn runs_take_turns_however_deep_the_others_are() {
    let (admission, busy) = one_run(1, 10);
    let first = Asking::at(&admission, &busy, 1, None).slot();
    let [mut shallow, mut deep] = [2, 3].map(|depth| Asking::at(&admission, &busy, depth, None));
    assert!(shallow.answer().is_none() && deep.answer().is_none());
    let mut root = Asking::at(&admission, &RunId::random(), 1, None);
    assert!(root.answer().is_none());
    drop(first);
    drop(deep.slot());
    assert!(shallow.answer().is_none());
    root.slot();
}

#[test]
fn one_who_gave_up_takes_no_slot() {
    let (admission, run) = one_run(1, 10);
    let first = Asking::at(&admission, &run, 1, None).slot();
    let mut gone = Asking::at(&admission, &run, 9, None);
    let mut next = Asking::at(&admission, &run, 2, Some(&first));
    assert!(gone.answer().is_none() && next.answer().is_none());
    drop(gone);
    drop(first);
    next.slot();
}

#[test]
fn where_all_live_ones_wait_all_children_of_one_parent_fail_and_it_goes_on() {
    let (admission, run) = one_run(4, 2);
    let a = Asking::at(&admission, &run, 1, None).slot();
    a.slot.child_started();
    let b = Asking::at(&admission, &run, 2, Some(&a)).slot();
    let mut waiting = [0; 3].map(|_| Asking::at(&admission, &run, 3, Some(&b)));
    let mut aunt = Asking::at(&admission, &run, 2, Some(&a));
    assert!(aunt.answer().is_none() && waiting.iter_mut().all(|asking| asking.answer().is_none()));
    b.slot.child_started();
    for asking in &mut waiting {
        assert_eq!(asking.answer().unwrap().unwrap_err(), Limit::Instances(2));
    }
    assert!(aunt.answer().is_none());
    b.slot.child_ended();
    drop(b);
    aunt.slot();
}

#[test]
fn one_who_gave_up_does_not_stand_for_those_who_wait() {
    let (admission, run) = one_run(4, 2);
    let a = Asking::at(&admission, &run, 1, None).slot();
    a.slot.child_started();
    let b = Asking::at(&admission, &run, 2, Some(&a)).slot();
    let mut gone = Asking::at(&admission, &run, 9, Some(&b));
    let mut child = Asking::at(&admission, &run, 3, Some(&b));
    assert!(gone.answer().is_none() && child.answer().is_none());
    drop(gone);
    b.slot.child_started();
    assert_eq!(child.answer().unwrap().unwrap_err(), Limit::Instances(2));
}

#[test]
fn nothing_fails_while_an_action_is_still_on_its_way() {
    let (admission, run) = one_run(4, 2);
    let a = Asking::at(&admission, &run, 1, None).slot();
    a.slot.child_started();
    let b = Asking::at(&admission, &run, 2, Some(&a)).slot();
    let pausing = admission.ticket(run.clone(), 3, Some(b.slot.id()));
    let mut child = Asking::at(&admission, &run, 3, Some(&b));
    assert!(child.answer().is_none());
    b.slot.child_started();
    assert!(child.answer().is_none());
    drop(pausing);
    assert_eq!(child.answer().unwrap().unwrap_err(), Limit::Instances(2));
}

#[test]
fn roots_leave_room_for_children_and_never_fail_for_want_of_it() {
    let admission = Admission::new(4, 2);
    let parent = Asking::at(&admission, &RunId::random(), 1, None).slot();
    let mut second = Asking::at(&admission, &RunId::random(), 1, None);
    assert!(second.answer().is_none());
    parent.slot.child_started();
    assert!(second.answer().is_none());
    drop(Asking::at(&admission, &RunId::random(), 2, Some(&parent)).slot());
    parent.slot.child_ended();
    drop(parent);
    second.slot();
}

#[test]
fn all_slots_come_back() {
    let (admission, run) = one_run(2, 2);
    for _ in 0..100 {
        let slot = Asking::at(&admission, &run, 1, None).slot();
        slot.slot.child_started();
        slot.slot.child_started();
        slot.slot.child_ended();
        slot.slot.child_ended();
    }
    let state = admission.lock();
    assert_eq!((state.running, state.live, state.actions, state.lines.len()), (0, 0, 0, 0));
}

#[test]
fn what_weighs_more_takes_the_room_of_several() {
    let (admission, run) = one_run(10, 4);
    let ask = |weight: usize| {
        let ticket = Arc::new(admission.ticket(run.clone(), 2, None));
        let asks = Arc::clone(&ticket);
        Asking { ticket, answer: Box::pin(async move { asks.admit(weight).await }) }
    };
    let heavy = ask(3).slot();
    let light = ask(1).slot();
    let mut next = ask(1);
    assert!(next.answer().is_none(), "three and one are four");
    drop(light);
    let next = next.slot();
    drop(heavy);
    // What weighs more than all there is runs alone, instead of never.
    let mut giant = ask(9);
    assert!(giant.answer().is_none());
    drop(next);
    let _giant = giant.slot();
}
