"""Deployment files: what is wrong in one is said at once, with the key and what is allowed there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ragkit import KnowledgeBase
from ragkit.deployment.deployment import Deployment, Profile, ProviderSettings, ReplyFormat, Zone
from ragkit.deployment.loading import checked_deployment, load_deployment
from ragkit.deployment.validation import problems_of, remarks_on
from ragkit.errors import SettingsError

DOC = Path(__file__).parents[2] / "docs" / "language-models.md"
INSIDE = '[[providers]]\nname = "inside"\nmodel = "m"\nbase_url = "https://models.hospital.test/v1"\n'


def written(folder: Path, content: str) -> Path:
    file = folder / "deployment.toml"
    file.write_text(content, encoding="utf-8")
    return file


def refusal(folder: Path, content: str) -> str:
    with pytest.raises(SettingsError) as error:
        load_deployment(written(folder, content))
    return str(error.value)


def test_an_empty_file_is_the_default_deployment(tmp_path: Path) -> None:
    assert load_deployment(written(tmp_path, "")) == Deployment()


def test_a_file_says_everything(tmp_path: Path) -> None:
    found = load_deployment(
        written(
            tmp_path,
            """
            profile = "hybrid"
            allowed_hosts = ["idp.hospital.test", "http://proxy.hospital.test:3128"]
            proxy = "http://proxy.hospital.test:3128"
            ca_file = "certificates/hospital.pem"

            [[providers]]
            name = "inside"
            model = "m"
            base_url = "https://models.hospital.test/v1"
            zone = "on_premises"
            key_file = "keys/inside"
            reply_format = "object"

            [[providers]]
            name = "outside"
            model = "m"
            key_file = "/run/secrets/outside"
            order = 2

            [generation]
            deadline_seconds = 12

            [cache]
            folder = "~/ragkit-replies"

            [server.identity]
            issuer = "https://idp.hospital.test"
            audience = "ragkit"
            jwks_file = "jwks.json"
            """,
        )
    )
    inside, outside = found.providers
    assert (found.profile, inside.zone, inside.reply_format) == (Profile.HYBRID, Zone.ON_PREMISES, ReplyFormat.OBJECT)
    assert inside.key_file == tmp_path / "keys/inside"
    assert outside.key_file == Path("/run/secrets/outside")
    assert found.ca_file == tmp_path / "certificates/hospital.pem"
    assert found.cache.folder == Path.home() / "ragkit-replies"
    assert found.server.identity is not None
    assert found.server.identity.jwks_file == tmp_path / "jwks.json"
    assert found.generation.deadline_seconds == 12


def test_a_file_that_is_not_there_or_no_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no deployment file .*missing\.toml"):
        load_deployment(tmp_path / "missing.toml")
    assert "line 1" in refusal(tmp_path, "profile = local")
    with pytest.raises(SettingsError, match="cannot be read"):
        load_deployment(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            'profile = "onpremises"',
            "profile is one of 'local', 'on_premises', 'cloud', 'hybrid'. Did you mean 'on_premises'?",
        ),
        ('alowed_hosts = ["a"]', "alowed_hosts is not known. Did you mean 'allowed_hosts'? Known are profile,"),
        ('allowed_hosts = "a"', "allowed_hosts is a list in square brackets."),
        ('[[providers]]\nname = "a"', "providers[1].model is missing."),
        (INSIDE + INSIDE.replace("model =", "modle ="), "providers[2].modle is not known. Did you mean 'model'?"),
        (INSIDE + 'order = "first"', "providers[1].order is a whole number, without quotes."),
        (
            INSIDE + 'zone = "on-premises"',
            "providers[1].zone is one of 'on_premises', 'cloud'. Did you mean 'on_premises'?",
        ),
        (INSIDE + 'kind = "azur"', "providers[1].kind is one of 'openai', 'azure'. Did you mean 'azure'?"),
        (INSIDE + "weight = 0", "providers[1].weight is more than 0."),
        (INSIDE + "attempts = 99", "providers[1].attempts is at most 10."),
        ("[generation]\nlines = 0", "generation.lines is at least 1."),
        ('[generation]\nenabled = "maybe"', "generation.enabled is true or false."),
        ('[server.identity]\nissuer = "i"\naudience = "a"', "server.identity: name either jwks_url or jwks_file"),
        ("generation = 3", "generation is a table."),
    ],
)
def test_a_mistake_is_said_with_its_place_and_what_is_allowed(tmp_path: Path, content: str, said: str) -> None:
    message = refusal(tmp_path, content)
    assert said in message
    assert str(tmp_path / "deployment.toml") in message
    assert "pydantic" not in message


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    message = refusal(tmp_path, 'profile = "x"\nallowed_host = 1\n[generation]\nlines = 0')
    assert message.count("\n- ") == 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (INSIDE, "'local' reaches no other machine, and https://models.hospital.test is one"),
        ('allowed_hosts = ["models.hospital.test"]', "allowed_hosts: the profile 'local' reaches no other machine"),
        (
            'profile = "on_premises"\n' + INSIDE,
            "https://models.hospital.test is not in allowed_hosts; add 'models.hospital.test'",
        ),
        (
            'profile = "on_premises"\nallowed_hosts = ["api.openai.com"]',
            "hosts on premises, and https://api.openai.com is a public",
        ),
        (
            'profile = "hybrid"\n' + INSIDE.replace("https", "http"),
            "reached in clear text. Use https, or permit it: add 'http://models.hospital.test'",
        ),
        ('profile = "cloud"\n' + INSIDE + "verify_tls = false", "verify_tls may be false for a loopback address only"),
        ('profile = "cloud"\n' + INSIDE + 'kind = "azure"', "needs an api_version"),
        ('profile = "cloud"\n' + INSIDE + 'api_version = "2024-10-21"', "api_version is for kind 'azure' only"),
        (
            'profile = "cloud"\n[[providers]]\nname = "a"\nmodel = "m"\nkind = "azure"\napi_version = "v"',
            "needs a base_url",
        ),
        ('profile = "cloud"\n[[providers]]\nname = "a"\nmodel = "m"', "api.openai.com wants a key"),
        ('profile = "cloud"\n' + INSIDE + INSIDE, "2 are called 'inside'"),
        ('profile = "cloud"\n' + INSIDE + 'key_variable = "my-key"', "the name of an environment variable"),
        ('profile = "hybrid"\nallowed_hosts = ["models.hospital.test"]\n' + INSIDE, "on premises and in the cloud"),
        (
            'profile = "hybrid"\n[[providers]]\nname = "a"\nmodel = "m"\nzone = "on_premises"\nkey_variable = "K"',
            "its zone is 'cloud'",
        ),
        (
            'profile = "cloud"\nproxy = "http://proxy.test:3128"\n' + INSIDE,
            "proxy: proxy.test would be reached in clear text",
        ),
        ('profile = "on_premises"\nproxy = "https://proxy.test"', "proxy carries requests to the cloud"),
        ('allowed_hosts = ["*.hospital.test"]', "'*.hospital.test' is no host"),
        (
            'profile = "on_premises"\n[server.identity]\nissuer = "i"\naudience = "a"\njwks_url = "https://idp.test/keys"',
            "jwks_url: https://idp.test is not in allowed_hosts",
        ),
        ('[cache]\nfolder = "c"\nencrypted = true\nkey_variable = "lower case"', "cache: key_variable is the name"),
    ],
)
def test_what_contradicts_itself_is_refused(tmp_path: Path, content: str, said: str) -> None:
    assert said in refusal(tmp_path, content)


@pytest.mark.parametrize(
    "content",
    [
        '[[providers]]\nname = "a"\nmodel = "m"\nbase_url = "http://localhost:11434/v1"',
        '[[providers]]\nname = "a"\nmodel = "m"\nbase_url = "https://127.0.0.1:8443/v1"\nverify_tls = false',
        'profile = "on_premises"\nallowed_hosts = ["models.hospital.test"]\n' + INSIDE,
        'profile = "hybrid"\n' + INSIDE + 'zone = "on_premises"',
        'profile = "hybrid"\nallowed_hosts = ["http://models.hospital.test:8000"]\n'
        + INSIDE.replace("https", "http").replace("/v1", ":8000/v1") + 'zone = "on_premises"',
        'profile = "hybrid"\n[[providers]]\nname = "a"\nmodel = "m"\nkey_variable = "OPENAI_API_KEY"',
    ],
)  # fmt: skip
def test_what_is_consistent_is_taken(tmp_path: Path, content: str) -> None:
    assert load_deployment(written(tmp_path, content))


def test_a_deployment_made_in_python_is_checked_by_the_same_rules(tmp_path: Path) -> None:
    wrong = Deployment(providers=(ProviderSettings(name="a", model="m", base_url="https://models.test/v1"),))
    assert problems_of(wrong)
    with pytest.raises(SettingsError, match="'local' reaches no other machine"):
        KnowledgeBase.open(tmp_path / "kb", deployment=wrong)
    assert not (tmp_path / "kb").exists()


def test_a_knowledge_base_takes_a_deployment_or_its_file(tmp_path: Path) -> None:
    file = written(tmp_path, 'profile = "on_premises"')
    for deployment in (file, str(file), load_deployment(file), None):
        with KnowledgeBase.open(tmp_path / "kb", deployment=deployment):
            pass
    with pytest.raises(SettingsError, match="no deployment file"):
        KnowledgeBase.open(tmp_path / "kb", deployment=tmp_path / "missing.toml")
    assert checked_deployment(None) == Deployment()


def test_what_is_perhaps_not_meant_is_remarked(tmp_path: Path) -> None:
    hybrid = load_deployment(
        written(
            tmp_path, 'profile = "hybrid"\n[[providers]]\nname = "gpt"\nmodel = "m"\nkey_variable = "OPENAI_API_KEY"'
        )
    )
    said = " ".join(remarks_on(hybrid))
    assert "no language model on premises" in said
    assert "'gpt' has no prices" in said
    assert remarks_on(Deployment()) == []


def test_every_example_of_the_documentation_can_be_loaded(tmp_path: Path) -> None:
    examples = re.findall(r"^```toml\n(.*?)^```$", DOC.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(examples) >= 6
    for example in examples:
        load_deployment(written(tmp_path, example))
