"""When the operators of an asset are to be trained again after a change of person (X-008)."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from server.assets.retraining import Departure, Training, standing

FIRST = dt.date(2025, 3, 1)


def day(number):
    return FIRST + dt.timedelta(days=number)


def trained(number, *names):
    return Training(trained_on=day(number), operators=frozenset(names))


def left(number, name):
    return Departure(name=name, left_on=day(number))


def due(trainings, *departures):
    return standing(trainings, departures).due_since


def test_an_asset_on_which_nobody_was_ever_trained_is_not_followed():
    assert standing([], [left(3, "李工")]).due_since is None


def test_when_a_trained_operator_leaves_training_is_due_until_somebody_is_trained():
    first = trained(0, "李工", "张工", "王工")
    assert due([first]) is None
    found = standing([first], [left(9, "张工"), left(5, "李工")])
    assert found.due_since == day(5), "since the first of them"
    assert found.operators == {"王工": day(0)}
    assert due([first, trained(8, "赵工")], left(5, "李工")) is None
    assert due([first, trained(8, "赵工")], left(5, "李工"), left(9, "张工")) == day(9)


def test_whoever_was_never_trained_or_had_left_already_changes_nothing_by_leaving():
    first = trained(0, "李工")
    assert due([first], left(5, "生人")) is None
    assert due([first, trained(3, "张工")], left(2, "李工"), left(5, "李工")) is None


def test_the_training_on_the_day_of_a_change_counts_unless_the_leaver_was_in_it():
    first = trained(0, "李工")
    assert due([first, trained(5, "张工")], left(5, "李工")) is None
    assert due([first, trained(5, "张工", "李工")], left(5, "李工")) == day(5)


def test_whoever_comes_back_is_an_operator_again_once_he_is_trained():
    found = standing([trained(0, "李工"), trained(9, "李工")], [left(5, "李工")])
    assert (found.due_since, found.operators) == (None, {"李工": day(9)})


days = st.integers(min_value=0, max_value=8)
people = st.sampled_from("ABC")
all_trainings = st.lists(
    st.builds(lambda on, who: trained(on, *who), days, st.sets(people, min_size=1)), max_size=6
)
all_departures = st.lists(st.builds(left, days, people), max_size=6)


def naively(trainings, departures):
    """Since when it is due, as X-008 says it: somebody who was there left, nobody came after."""

    def in_training(name, on):
        return any(one.trained_on == on and name in one.operators for one in trainings)

    def was_there(gone):
        own = [one.trained_on for one in trainings if gone.name in one.operators]
        before = [on for on in own if on <= gone.left_on]
        others = [one.left_on for one in departures if one.name == gone.name]
        return any(not any(on <= other < gone.left_on for other in others) for on in before)

    def answered(gone):
        return any(
            one.trained_on > gone.left_on
            or (one.trained_on == gone.left_on and not in_training(gone.name, gone.left_on))
            for one in trainings
        )

    return min(
        (one.left_on for one in departures if was_there(one) and not answered(one)), default=None
    )


@given(all_trainings, all_departures)
def test_any_course_of_trainings_and_departures_is_judged_as_the_rule_says(trainings, departures):
    found = standing(trainings, departures)
    assert found.due_since == naively(trainings, departures)
    assert found == standing(trainings[::-1], departures[::-1]), "in whatever order it is told"
    if trainings and not found.operators:
        assert found.due_since is not None, "with fewer than one trained operator it is due"
