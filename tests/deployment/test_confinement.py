"""What has to stay on premises, and what the person who asked is told."""

from __future__ import annotations

import pytest

from ragkit.deployment.confinement import Confinement, confinement
from ragkit.deployment.deployment import Deployment, Profile

HYBRID = Deployment(profile=Profile.HYBRID)


def test_hybrid_confines_questions_that_may_identify_a_patient() -> None:
    found = confinement(HYBRID, identifiers_found=True, internal_only=False)
    assert found.confined
    assert found.reason == (
        "Nothing was sent to a language model outside, because the question may identify a patient."
    )


def test_hybrid_confines_lines_of_internal_only_documents() -> None:
    found = confinement(HYBRID, identifiers_found=False, internal_only=True)
    assert found.confined
    assert "internal use only" in found.reason


def test_both_reasons_are_said() -> None:
    reason = confinement(HYBRID, identifiers_found=True, internal_only=True).reason
    assert "identify a patient" in reason
    assert "internal use only" in reason


def test_hybrid_lets_the_rest_go() -> None:
    assert confinement(HYBRID, identifiers_found=False, internal_only=False) == Confinement(False)


@pytest.mark.parametrize("profile", [Profile.LOCAL, Profile.ON_PREMISES, Profile.CLOUD])
def test_the_other_profiles_permit_the_same_for_every_question(profile: Profile) -> None:
    assert confinement(Deployment(profile=profile), identifiers_found=True, internal_only=True) == Confinement(False)
