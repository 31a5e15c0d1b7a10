"""What every template may say without importing it."""

from flask import Flask

from portal.web import addresses, edge, footer, navigation, words
from portal.web.bridge import component, summary_items
from portal.web.headers import surface
from portal.web.static import Assets
from portal.web.undefined import PortalUndefined


def install(app: Flask) -> None:
    environment = app.jinja_env
    environment.undefined = PortalUndefined
    environment.add_extension("jinja2.ext.do")
    environment.filters.update(
        say=words.say,
        name=words.name,
        day=words.day,
        short_day=words.short_day,
        weekday=words.weekday,
        moment=words.moment,
        number=words.number,
    )
    environment.globals.update(
        asset=Assets().address,
        url_for=addresses.url_for,
        site=words.site,
        lang=words.lang,
        locale=edge.locale,
        language_links=words.language_links,
        actor=edge.actor,
        surface=lambda: surface(edge.here().path),
        public_links=navigation.public_links,
        desk_links=navigation.desk_links,
        site_footer=footer.footer,
        footer_doors=navigation.doors,
        footer_links=navigation.small_links,
        page_exists=navigation.exists,
        form_component=component,
        form_errors=summary_items,
    )
