//! How a password is shown to aMule: salted, never itself. Pure.

use md5::{Digest, Md5};

use crate::secret::Secret;

/// `md5(md5(password) + md5(salt))`: the inner ones in small hexadecimal digits, the salt in capital ones without leading zeros.
pub(super) fn password_hash(password: &Secret, salt: u64) -> [u8; 16] {
    let hex_of = |text: &str| hex::encode(Md5::digest(text.as_bytes()));
    let salted = hex_of(password.expose()) + &hex_of(&format!("{salt:X}"));
    Md5::digest(salted.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::download::amule::{
        codec::names::{op, tag},
        recorded::sessions,
    };

    const PASSWORD: &str = "testpw123";

    #[test]
    fn a_password_is_hashed_as_the_protocol_says() {
        let password = Secret::new(PASSWORD);
        for (salt, hash) in [
            (0x40C6_365A_8186_394E, "4cf1ee443e070714daedfcbb90d4abda"),
            (0xC860_0F2A_E7D6_DB33, "fd1618f5a1ef4d87bed61d25af8ce6f8"),
        ] {
            assert_eq!(
                hex::encode(password_hash(&password, salt)),
                hash,
                "{salt:X}"
            );
        }
    }

    /// One of the recorded salts begins with zeros.
    #[test]
    fn a_password_is_hashed_as_amulecmd_does() {
        let password = Secret::new(PASSWORD);
        for session in sessions() {
            let salt = session
                .packet(1)
                .tag(tag::PASSWD_SALT)
                .and_then(|tag| tag.number());
            let sent = session
                .packet(2)
                .tag(tag::PASSWD_HASH)
                .and_then(|tag| tag.hash());
            let ours = password_hash(&password, salt.expect("a salt"));
            let was_let_in = session.packet(3).op == op::AUTH_OK;
            assert_eq!(Some(ours) == sent, was_let_in, "{}", session.title);
        }
    }
}
