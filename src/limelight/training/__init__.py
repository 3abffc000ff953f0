"""What trainings of networks share: checkpoints that go on exactly, a schedule, repeatability."""
