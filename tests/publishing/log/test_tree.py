"""If the tree were wrong, a changed history could carry a proof that looks right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.publishing.log import tree

# leaves and roots 1 … 8 of the reference vectors that Certificate Transparency implementations share
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


class Grown:
    """A tree kept in memory as the database keeps it."""

    def __init__(self, documents: list[bytes]) -> None:
        self.kept: dict[tuple[int, int], bytes] = {}
        for size, document in enumerate(documents):
            for level, idx, value in tree.append(size, tree.leaf_hash(document), self.nodes):
                assert (level, idx) not in self.kept, "a stored node must never change"
                self.kept[level, idx] = value

    def nodes(self, level: int, idx: int) -> bytes:
        return self.kept[level, idx]


def by_definition(documents: list[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, word for word."""
    if not documents:
        return tree.EMPTY_ROOT
    if len(documents) == 1:
        return tree.leaf_hash(documents[0])
    k = 1
    while k * 2 < len(documents):
        k *= 2
    return tree.node_hash(by_definition(documents[:k]), by_definition(documents[k:]))


documents = st.lists(st.binary(max_size=8), min_size=1, max_size=70)


def test_roots_are_those_of_the_reference_vectors():
    leaves = [bytes.fromhex(leaf) for leaf in LEAVES]
    grown, growing = Grown(leaves), tree.Growing()
    for size, expected in enumerate(ROOTS, start=1):
        growing.append(tree.leaf_hash(leaves[size - 1]))
        assert tree.root(size, grown.nodes).hex() == expected
        assert growing.root().hex() == expected


def test_proofs_are_those_of_the_reference_vectors():
    grown = Grown([bytes.fromhex(leaf) for leaf in LEAVES])
    assert [p.hex() for p in tree.inclusion_proof(0, 8, grown.nodes)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [p.hex() for p in tree.consistency_proof(6, 8, grown.nodes)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_the_empty_tree_has_the_hash_of_nothing():
    assert tree.Growing().root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(documents)
def test_every_root_is_the_one_of_the_definition(docs: list[bytes]):
    grown, growing = Grown(docs), tree.Growing()
    for size in range(1, len(docs) + 1):
        growing.append(tree.leaf_hash(docs[size - 1]))
        assert tree.root(size, grown.nodes) == growing.root() == by_definition(docs[:size])


@given(documents, st.data())
def test_every_entry_has_a_proof_and_no_other_entry_has_it(docs: list[bytes], data: st.DataObject):
    grown = Grown(docs)
    size = data.draw(st.integers(1, len(docs)))
    index = data.draw(st.integers(0, size - 1))
    root = tree.root(size, grown.nodes)
    proof = tree.inclusion_proof(index, size, grown.nodes)
    leaf = tree.leaf_hash(docs[index])
    assert tree.inclusion_holds(index, size, leaf, proof, root)
    assert not tree.inclusion_holds(index, size, tree.leaf_hash(b"another " + docs[index]), proof, root)
    assert not tree.inclusion_holds(index, size, leaf, [*proof, root], root)
    assert not tree.inclusion_holds(index, size, leaf, proof, tree.leaf_hash(root))
    if proof:
        assert not tree.inclusion_holds(index, size, leaf, proof[:-1], root)


@given(documents, st.data())
def test_a_longer_tree_proves_that_it_extends_a_shorter_one(docs: list[bytes], data: st.DataObject):
    grown = Grown(docs)
    second = data.draw(st.integers(1, len(docs)))
    first = data.draw(st.integers(1, second))
    roots = tree.root(first, grown.nodes), tree.root(second, grown.nodes)
    proof = tree.consistency_proof(first, second, grown.nodes)
    assert tree.consistency_holds(first, second, *roots, proof)
    other = tree.leaf_hash(b"another history")
    assert not tree.consistency_holds(first, second, other, roots[1], proof)
    assert not tree.consistency_holds(first, second, roots[0], other, proof)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 2)])
def test_there_is_no_proof_for_a_leaf_outside_the_tree(index: int, size: int):
    with pytest.raises(ValueError, match="not in the tree"):
        tree.inclusion_proof(index, size, lambda _level, _idx: b"")


def naive_path(index: int, documents: list[bytes]) -> list[bytes]:
    """PATH(m, D[n]) of RFC 6962 §2.1.1, word for word."""
    if len(documents) == 1:
        return []
    k = 1
    while k * 2 < len(documents):
        k *= 2
    if index < k:
        return [*naive_path(index, documents[:k]), by_definition(documents[k:])]
    return [*naive_path(index - k, documents[k:]), by_definition(documents[:k])]


def naive_subproof(first: int, documents: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b) of RFC 6962 §2.1.2, word for word."""
    if first == len(documents):
        return [] if whole else [by_definition(documents)]
    k = 1
    while k * 2 < len(documents):
        k *= 2
    if first <= k:
        return [*naive_subproof(first, documents[:k], whole), by_definition(documents[k:])]
    return [*naive_subproof(first - k, documents[k:], False), by_definition(documents[:k])]


def altered(proof: list[bytes]) -> list[list[bytes]]:
    """Every proof with one hash left out, doubled, flipped by one bit, or swapped with the next."""
    found = []
    for at, node in enumerate(proof):
        before, after = proof[:at], proof[at + 1 :]
        flipped = bytes([node[0] ^ 1]) + node[1:]
        found += [[*before, *after], [*before, node, node, *after], [*before, flipped, *after]]
        found += [[*before, after[0], node, *after[1:]]] if after else []
    return [one for one in [*found, [*proof, b"\x00" * 32], [b"\x00" * 32, *proof]] if one != proof]


@given(documents, st.data())
def test_proofs_are_those_of_the_definition_and_no_altered_one_holds(docs: list[bytes], data: st.DataObject):
    grown = Grown(docs)
    size = data.draw(st.integers(1, len(docs)))
    index = data.draw(st.integers(0, size - 1))
    root, leaf = tree.root(size, grown.nodes), tree.leaf_hash(docs[index])
    path = tree.inclusion_proof(index, size, grown.nodes)
    assert path == naive_path(index, docs[:size])
    for other in altered(path):
        assert not tree.inclusion_holds(index, size, leaf, other, root)
    for at in {0, size - 1, size, index + 1} - {index}:
        assert not tree.inclusion_holds(at, size, leaf, path, root) or docs[at : at + 1] == [docs[index]]
    steps = list(tree.climb(index, size, leaf, path))
    assert [step.sibling for step in steps] == path
    assert (steps[-1].result if steps else leaf) == root


@given(documents, st.data())
def test_consistency_is_that_of_the_definition_and_no_altered_proof_holds(docs: list[bytes], data: st.DataObject):
    grown = Grown(docs)
    second = data.draw(st.integers(1, len(docs)))
    first = data.draw(st.integers(1, second))
    roots = tree.root(first, grown.nodes), tree.root(second, grown.nodes)
    proof = tree.consistency_proof(first, second, grown.nodes)
    assert proof == naive_subproof(first, docs[:second], True)
    for other in altered(proof):
        assert not tree.consistency_holds(first, second, *roots, other)
    assert not tree.consistency_holds(0, second, *roots, proof)
    assert not tree.consistency_holds(second + 1, second, *roots, proof)
