"""`python -m devkit images`: builds the platform's images, or pushes them to a registry."""

from __future__ import annotations

import argparse

from devkit.cluster.images import build_images, push_images, read_images
from devkit.cluster.images_progress import megabytes


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these instead of all")
    parser.add_argument("--engine", choices=("docker", "buildah"),
                        help="without it Docker where it runs, else buildah")  # fmt: skip
    parser.add_argument("--archives", action="store_true",
                        help="also as files in .local/images, and tell their sizes")  # fmt: skip
    parser.add_argument("--push", metavar="REGISTRY", help="build for a registry, and push there")
    parser.add_argument("--platforms", default="", metavar="OS/ARCH,...",
                        help="with --push: for these (linux/amd64,linux/arm64)")  # fmt: skip
    parser.add_argument("--version", default="development", help="with --push: the tag")
    parser.add_argument("--revision", default="unknown", help="with --push: the commit, as a label")
    parser.add_argument("--created", default="1970-01-01T00:00:00Z",
                        help="with --push: when, as a label")  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    if arguments.push:
        labels = {"VERSION": arguments.version, "REVISION": arguments.revision,
                  "CREATED": arguments.created}  # fmt: skip
        platforms = tuple(part for part in arguments.platforms.split(",") if part)
        pushed = push_images(arguments.only, arguments.push, engine=arguments.engine,
                             platforms=platforms, version=arguments.version,
                             labels=labels)  # fmt: skip
        print("\n".join(pushed.values()))
        return 0
    built = build_images(arguments.only, engine=arguments.engine, archives=arguments.archives)
    known = read_images()
    print("Images:")
    for name in built:
        image = known[name]
        size = "" if image.bytes_compressed is None else megabytes(image.bytes_compressed)
        print(f"  {image.reference:<58} {size:>9}")
    return 0
