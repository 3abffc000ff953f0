import json

import numpy as np
import pytest
from striped import stripes

from limelight.errors import BadInputError, CorruptError, NotFoundError
from limelight.image.classify.classifier import CARD, WEIGHTS, Classifier
from limelight.image.classify.export import export_onnx

runtime = pytest.importorskip("onnxruntime")


def test_a_classifier_comes_back_as_it_was(learned, tmp_path):
    found = Classifier.load(learned.save(tmp_path / "model"))
    pictures = stripes(20, 4).pictures
    assert np.array_equal(found.probabilities(pictures), learned.probabilities(pictures))
    assert (found.classes, found.size, found.plan) == (learned.classes, 24, learned.plan)
    assert np.array_equal(found.curve, learned.curve)
    assert found.fingerprint == learned.fingerprint
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == [CARD, WEIGHTS]


def test_features_are_alike_for_one_class(learned):
    labelled = stripes(60, 4)
    features = learned.features(labelled.pictures)
    assert features.shape == (60, 32)
    middles = np.stack([features[labelled.labels == number].mean(0) for number in range(3)])
    apart = ((features[:, None] - middles) ** 2).sum(2)
    assert (apart.argmin(1) == labelled.labels).mean() > 0.8


def test_a_damaged_classifier_is_a_sentence(learned, tmp_path):
    with pytest.raises(NotFoundError, match=r"is no classifier; it would hold classifier\.json"):
        Classifier.load(tmp_path)
    model = learned.save(tmp_path / "model")
    card = json.loads((model / CARD).read_text(encoding="utf-8"))
    for change in (
        {"plan": {**card["plan"], "widths": [8, 8, 8]}},
        {"classes": ["a"]},
        {"size": "x"},
    ):
        (model / CARD).write_text(json.dumps({**card, **change}), encoding="utf-8")
        with pytest.raises(CorruptError, match="is damaged"):
            Classifier.load(model)
    (model / CARD).write_text(json.dumps({**card, "format": 9}), encoding="utf-8")
    with pytest.raises(BadInputError, match="newer version"):
        Classifier.load(model)
    learned.save(model)
    (model / WEIGHTS).write_bytes(b"\x80\x04pickled")
    with pytest.raises(CorruptError, match="is damaged"):
        Classifier.load(model)


def test_onnx_gives_the_same_answers_for_any_number_of_pictures(learned, tmp_path):
    path = export_onnx(learned, tmp_path / "model.onnx")
    session = runtime.InferenceSession(path, providers=["CPUExecutionProvider"])
    told = session.get_modelmeta().custom_metadata_map
    assert json.loads(told["classes"]) == list(learned.classes)
    assert told["size"] == "24"
    for n in (1, 7):
        pictures = stripes(n, 9).pictures
        given = pictures.transpose(0, 3, 1, 2).astype(np.float32) / 255
        (found,) = session.run(["probabilities"], {"pictures": given})
        assert np.abs(found - learned.probabilities(pictures)).max() < 1e-5
    with pytest.raises(BadInputError, match=r"should end in \.onnx"):
        export_onnx(learned, tmp_path / "model.pt")
