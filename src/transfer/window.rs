//! How many chunks may be outstanding.

use super::options::Window;

/// Of a window that grows by itself: its first size and its largest.
const FIRST: u16 = 4;
const MOST: u16 = 64;

/// The size of the window: fixed, growing, or fallen back to stop and wait.
#[derive(Debug)]
pub(super) struct Congestion {
    size: u16,
    grows: bool,
    /// Acknowledgements since the window was reduced: a window of them is one round trip.
    acked: u16,
    /// A loss in this round trip has been answered already, and nothing grows in it.
    reduced: bool,
    /// Chunks sent for the first time, and sent again, since the count began.
    fresh: u32,
    again: u32,
}

impl Congestion {
    /// For an image of `chunks` chunks: a larger window is as good as one of that size.
    pub(super) fn new(window: Window, chunks: u32) -> Self {
        let chunks = u16::try_from(chunks).unwrap_or(u16::MAX);
        let (size, grows) = match window {
            Window::Fixed(size) => (size.min(chunks).max(1), false),
            Window::Auto => (FIRST, true),
        };
        Self {
            size,
            grows,
            acked: 0,
            reduced: false,
            fresh: 0,
            again: 0,
        }
    }

    pub(super) fn size(&self) -> u16 {
        self.size
    }

    pub(super) fn handle_sent(&mut self) {
        self.fresh += 1;
        if self.fresh >= 2 * u32::from(self.size) {
            self.fresh = 0;
            self.again = 0;
        }
    }

    /// One more for each chunk that was acknowledged is twice as many for each round trip, as in the slow start of TCP.
    pub(super) fn handle_acked(&mut self) {
        if self.reduced {
            self.acked += 1;
            self.reduced = self.acked < self.size;
        } else if self.grows {
            self.size = self.size.saturating_add(1).min(MOST);
        }
    }

    /// A chunk has to be sent again. When over half of two windows had to be, this device does not answer each chunk by
    /// itself: the rest goes by stop and wait.
    pub(super) fn handle_lost(&mut self) {
        self.again += 1;
        if self.size > 1 && self.again > u32::from(self.size) {
            self.size = 1;
            self.grows = false;
        } else if self.grows && !self.reduced {
            self.size = (self.size / 2).max(1);
            self.reduced = true;
            self.acked = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ack(window: &mut Congestion, times: u16) {
        for _ in 0..times {
            window.handle_sent();
            window.handle_acked();
        }
    }

    #[test]
    fn auto_doubles_each_round_trip_up_to_64() {
        let mut window = Congestion::new(Window::Auto, 1_000);
        for expected in [8, 16, 32, 64, 64] {
            let round_trip = window.size();
            ack(&mut window, round_trip);
            assert_eq!(window.size(), expected);
        }
    }

    #[test]
    fn auto_halves_once_a_round_trip_and_never_below_one() {
        let mut window = Congestion::new(Window::Auto, 1_000);
        ack(&mut window, 4);
        window.handle_lost();
        window.handle_lost();
        assert_eq!(window.size(), 4);
        ack(&mut window, 4);
        for _ in 0..6 {
            window.handle_lost();
            let round_trip = window.size();
            ack(&mut window, round_trip);
        }
        assert_eq!(window.size(), 1);
    }

    #[test]
    fn a_device_that_has_over_half_sent_again_gets_stop_and_wait() {
        let mut window = Congestion::new(Window::Fixed(8), 1_000);
        for _ in 0..12 {
            window.handle_sent();
        }
        for _ in 0..8 {
            window.handle_lost();
            assert_eq!(window.size(), 8);
        }
        window.handle_lost();
        assert_eq!(window.size(), 1);
        ack(&mut window, 100);
        assert_eq!(window.size(), 1);
    }

    #[test]
    fn a_few_losses_leave_a_fixed_window_alone() {
        let mut window = Congestion::new(Window::Fixed(32), 1_000);
        for round in 0..1_000 {
            ack(&mut window, 1);
            if round % 10 == 0 {
                window.handle_lost();
            }
        }
        assert_eq!(window.size(), 32);
    }
}
