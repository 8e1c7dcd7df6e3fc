//! Two lanes side by side: on two cores, what computes on one of them or waits for a clock leaves room for something else.

use std::panic::resume_unwind;

/// What ends before the next stage begins. The jobs of a lane run one after the other, beside those of the other lane.
pub type Stage<'a, Job> = [&'a [Job]; 2];

/// Does the work of all jobs, and gives what came of each: stage by stage, the first lane before the second.
pub fn run<Job: Sync, Outcome: Send>(
    stages: &[Stage<Job>],
    work: impl Fn(&Job) -> Outcome + Sync,
) -> Vec<Outcome> {
    let lane = |jobs: &[Job]| -> Vec<Outcome> { jobs.iter().map(&work).collect() };
    let side_by_side = |[first, second]: &Stage<Job>| {
        std::thread::scope(|threads| {
            let second = threads.spawn(|| lane(second));
            let mut outcomes = lane(first);
            outcomes.extend(second.join().unwrap_or_else(|panic| resume_unwind(panic)));
            outcomes
        })
    };
    stages.iter().flat_map(side_by_side).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    #[test]
    fn the_jobs_of_a_lane_run_in_turn_and_a_stage_begins_when_the_one_before_has_ended() {
        let order = Mutex::new(Vec::new());
        let stages: [Stage<u32>; 3] = [[&[1, 2, 3], &[11, 12]], [&[], &[21]], [&[31], &[]]];
        let outcomes = run(&stages, |job| {
            if *job == 2 {
                std::thread::sleep(Duration::from_millis(50));
            }
            order.lock().unwrap().push(*job);
            job * 10
        });
        assert_eq!(outcomes, [10, 20, 30, 110, 120, 210, 310]);
        let order = order.into_inner().unwrap();
        assert_eq!(order[5..], [21, 31]);
        let of = |range: std::ops::Range<u32>| -> Vec<u32> {
            let mut jobs = order.clone();
            jobs.retain(|job| range.contains(job));
            jobs
        };
        assert_eq!([of(0..10), of(10..20)], [vec![1, 2, 3], vec![11, 12]]);
    }

    #[test]
    fn the_lanes_run_at_the_same_time() {
        // Each of the two goes on when it has heard of the other.
        let (to_first, first) = channel();
        let (to_second, second) = channel();
        let ends = [
            Mutex::new((to_second, first)),
            Mutex::new((to_first, second)),
        ];
        let met = run(&[[&[0], &[1]]], |job: &usize| {
            let (other, own) = &*ends[*job].lock().unwrap();
            other.send(()).unwrap();
            own.recv_timeout(Duration::from_secs(20)).is_ok()
        });
        assert_eq!(met, [true, true]);
    }

    #[test]
    #[should_panic(expected = "of the second lane")]
    fn a_panic_in_the_second_lane_is_not_lost() {
        run(&[[&[1], &[2]]], |job: &u32| {
            assert!(*job == 1, "of the second lane");
        });
    }
}
